/* Settings: users change what holds for all tasks, and what they have seen. */
#ifndef KRTASK_SIMULATE_SETTINGS_H
#define KRTASK_SIMULATE_SETTINGS_H

void settings_act(void);
/* How many tasks may run. */
void settings_slots(void);
/* The oracle: the core has in memory what it has put. */
void settings_check(void);

#endif
