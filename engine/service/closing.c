#include "config.h"

#include <stdlib.h>

#include "engine/core/askers.h"
#include "engine/service/service.h"

/* A call that waits until ends that are being committed are durable, or undone.  It is the call's. */
struct closing_call {
	struct core_asker asker;
	struct chore chore; /* then it is made, in a turn of its own */
	struct service *service;
	struct wire_call *call;
	json_t *parameters;
	closing_method *method;
};

static void closing_free(struct closing_call *its)
{
	json_decref(its->parameters);
	free(its);
}

static void closing_asker_gone(void *ctx)
{
	struct closing_call *its = ctx;
	askers_disown(&its->asker);
	chores_drop(&its->service->chores, &its->chore);
	closing_free(its);
}

static bool closing_make(struct chore *chore)
{
	struct closing_call *its =
		(struct closing_call *)((char *)chore - offsetof(struct closing_call, chore));
	wire_call_on_close(its->call, NULL, NULL);
	its->method(its->service, its->call, its->parameters);
	closing_free(its);
	return false;
}

static void closing_over(void *ctx)
{
	struct closing_call *its = ctx;
	chores_add(&its->service->chores, &its->chore);
}

/* True if the end of one of the named tasks, or of one under it, is all that it waits for. */
static bool closing_any(struct service *service, const json_t *parameters)
{
	const json_t *ids = json_object_get(parameters, "ids"), *id;
	const char *single = json_string_value(json_object_get(parameters, "id"));
	size_t i;
	if (single && engine_removal_awaits(service->engine, engine_find(service->engine, single)))
		return true;
	json_array_foreach(ids, i, id)
	{
		const char *text = json_string_value(id);
		if (text && engine_removal_awaits(service->engine, engine_find(service->engine, text)))
			return true;
	}
	return false;
}

bool closing_awaits(struct service *service, struct wire_call *call, const json_t *parameters,
                    closing_method *method)
{
	if (!closing_any(service, parameters))
		return false;
	struct closing_call *its = calloc(1, sizeof(*its));
	if (!its) {
		fail_memory(call);
		return true;
	}
	*its = (struct closing_call){
		.asker = { .ctx = its, .over = closing_over },
		.chore = { .slice = closing_make },
		.service = service,
		.call = call,
		.parameters = json_incref((json_t *)parameters),
		.method = method,
	};
	engine_await_ends(service->engine, &its->asker);
	wire_call_on_close(call, closing_asker_gone, its);
	return true;
}
