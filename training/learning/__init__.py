"""The learners, the choices between them, and the model that ships."""
