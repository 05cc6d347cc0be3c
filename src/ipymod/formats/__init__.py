"""SHOW: findings and outcomes in the forms that other programs read."""
