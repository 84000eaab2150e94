# What shells complete, from the tables of the command line.
noinst_PROGRAMS += completions/generate
completions_generate_SOURCES = completions/generate.c
completions_generate_LDADD = $(cli_libs)

bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
nodist_bashcompletion_DATA = completions/bash/krtask
nodist_zshcompletion_DATA = completions/zsh/_krtask
nodist_fishcompletion_DATA = completions/fish/krtask.fish

completion_files = $(nodist_bashcompletion_DATA) $(nodist_zshcompletion_DATA) $(nodist_fishcompletion_DATA)
EXTRA_DIST += completions/krtask.bash.in completions/krtask.zsh.in completions/krtask.fish.in
CLEANFILES += $(completion_files)

completions/bash/krtask: completions/generate$(EXEEXT) completions/krtask.bash.in
	$(AM_V_GEN)$(MKDIR_P) $(@D) && completions/generate$(EXEEXT) bash <$(srcdir)/completions/krtask.bash.in >$@.new && \
		mv $@.new $@
completions/zsh/_krtask: completions/generate$(EXEEXT) completions/krtask.zsh.in
	$(AM_V_GEN)$(MKDIR_P) $(@D) && completions/generate$(EXEEXT) zsh <$(srcdir)/completions/krtask.zsh.in >$@.new && \
		mv $@.new $@
completions/fish/krtask.fish: completions/generate$(EXEEXT) completions/krtask.fish.in
	$(AM_V_GEN)$(MKDIR_P) $(@D) && completions/generate$(EXEEXT) fish <$(srcdir)/completions/krtask.fish.in >$@.new && \
		mv $@.new $@
