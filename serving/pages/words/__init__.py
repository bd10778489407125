"""All words of the workspace, in both languages side by side; a file for each page."""
