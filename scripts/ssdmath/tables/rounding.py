"""To how many places the numbers of result tables are rounded."""

# The last digits of a sum or of a matrix product depend on their order, and so on the number of
# threads. Rounded to these places, tables are the same bytes on one machine.
PLACES = 10
