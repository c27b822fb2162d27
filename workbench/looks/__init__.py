"""How everything looks: colours, sizes, icons, and how another theme is put on."""
