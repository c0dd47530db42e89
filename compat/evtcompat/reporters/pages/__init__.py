"""What HTML pages are made of: the frame, changes, matrices, lifelines, texts side by side, and whole sites."""
