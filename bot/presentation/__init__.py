"""What people see, made without Discord: messages, terminal text, JSON documents and pages."""
