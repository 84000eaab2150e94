#include "tui/fields/lookup.h"

void lookup_begin(struct jsonw *params, const char *const *columns)
{
	jsonw_object(params);
	jsonw_key(params, "columns");
	jsonw_array(params);
	for (; *columns; columns++)
		jsonw_string(params, *columns);
	jsonw_end_array(params);
	jsonw_key(params, "compact");
	jsonw_bool(params, true);
	jsonw_key(params, "ids");
	jsonw_array(params);
}

void lookup_one(struct jsonw *params, const char *const *columns, const char *id)
{
	lookup_begin(params, columns);
	jsonw_string(params, id);
	jsonw_end_array(params);
	jsonw_end_object(params);
}
