#include "config.h"

#include "engine/core/hooks.h"
#include "engine/core/keeping.h"
#include "engine/core/requests.h"
#include "engine/core/settings.h"
#include "engine/core/settle.h"

static int settings_put(struct core *core, const struct core_settings *settings)
{
	int error = settings->slots >= 0 ? requests_set_slots(core, (unsigned)settings->slots) : 0;
	if (!error && settings->hook_limit > 0)
		error = hooks_set_limit(core, settings->hook_limit);
	if (!error && settings->keep)
		error = keeping_set(core, settings->keep);
	return error;
}

int settings_set(struct core *core, const struct core_settings *settings)
{
	settle_hold(core);
	journal_open(&core->journal);
	int error = settings_put(core, settings);
	if (error)
		journal_abort(&core->journal);
	else
		error = journal_close(&core->journal);
	if (!error)
		core_asked(core);
	settle_go_on(core);
	return error;
}
