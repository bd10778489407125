"""The model as an artefact: booster text, linear coefficients and a manifest, no pickle."""
