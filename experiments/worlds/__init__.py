"""Worlds of known truth: is the probability true where nothing but the truth decides?"""
