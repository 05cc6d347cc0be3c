"""Start a module in the kernel's interpreter, stream it, stop it, leave nothing behind."""
