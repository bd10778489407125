"""Pages of the workspace, a file for each subject."""
