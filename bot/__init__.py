"""The front ends: the command line now, Discord next."""
