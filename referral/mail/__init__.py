"""Mail: neutral letters, kept in an outbox together with what they tell of, and sent afterwards."""
