"""Consultorio: appointment and practice management for psychology centres."""
