//! What a kind made of a template accepts and refuses.
