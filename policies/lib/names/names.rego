# METADATA
# title: What to call a vendor's object in a sentence
# description: >-
#   Names may be missing, null or empty; a sentence needs one all the same.
package lib.names

# METADATA
# description: The first of an object's fields that holds a text, else "unnamed".
first(object, fields) := texts[0] if {
	texts := [object[field] |
		some field in fields
		is_string(object[field])
		object[field] != ""
	]
	count(texts) > 0
} else := "unnamed"
