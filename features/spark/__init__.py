"""Histories whose events lie in Spark, where one machine is not enough; needs the extra `spark`."""
