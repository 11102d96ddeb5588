"""What is offered, by whom and where: the HSDS entities, their trust and their import."""
