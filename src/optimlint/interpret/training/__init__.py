"""What code does to models, optimizers and loss scalers: noted while it is read, and made into facts of training."""
