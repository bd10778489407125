"""Moments, outcomes and features: what is learned from and held against what came."""
