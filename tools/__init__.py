"""What sets the project up, checks it and serves it on one machine; no part of the product."""
