"""What was asked, answered and thought of it: conversations, buttons and feedback live on after a restart."""
