/* The text of io.krtask.varlink, for GetInterfaceDescription.  description.c is generated from that file. */
#ifndef KRTASK_WIRE_DESCRIPTION_H
#define KRTASK_WIRE_DESCRIPTION_H

extern const char wire_description[];

#endif
