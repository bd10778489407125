"""The artefact that scores, and the service around it."""
