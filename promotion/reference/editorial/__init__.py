"""How a record comes before the public: proposed by one, checked and published by another."""
