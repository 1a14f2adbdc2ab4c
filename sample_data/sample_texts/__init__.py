"""The texts of the sample data: own words in own templates, drawn with fixed seeds."""
