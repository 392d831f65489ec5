"""What training did to the distributions over tokens, on fixed contexts (METHOD 7)."""
