"""What `dsl check` found of a file, kept until something changes that it depends on."""
