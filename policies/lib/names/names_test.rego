package lib.names_test

import data.lib.names

test_the_first_field_with_a_text_names_an_object if {
	names.first({"displayName": "A", "id": "1"}, ["displayName", "id"]) == "A"
	names.first({"displayName": "", "id": "1"}, ["displayName", "id"]) == "1"
	names.first({"displayName": null}, ["displayName", "id"]) == "unnamed"
}
