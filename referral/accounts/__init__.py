"""Who works here: invitation, sign-in, second factor, sessions, people of an organization."""
