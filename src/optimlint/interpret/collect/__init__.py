"""Convert abstract values and drafts, recorded while code is read, into the plain facts that rules use."""
