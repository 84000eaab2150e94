/* The text of io.krtask.varlink, as GetInterfaceDescription answers it; description.c is made from that file. */
#ifndef KRTASK_WIRE_DESCRIPTION_H
#define KRTASK_WIRE_DESCRIPTION_H

extern const char wire_description[];

#endif
