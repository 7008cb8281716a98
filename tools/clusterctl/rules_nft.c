// SPDX-License-Identifier: GPL-2.0
/*
 * Talking to nftables.
 */
#include <nftables/libnftables.h>

#include "rules.h"

/**
 * nft_run() - Run commands of nft, all or none of them.
 * @commands: As "nft -f" takes them.
 * @flags: Of the output, NFT_CTX_OUTPUT_*.
 * @said: What they print, or what is wrong if they fail; to be freed.
 *
 * Return: 0, or -1.
 */
int nft_run(const char *commands, unsigned int flags, char **said)
{
	struct nft_ctx *nft = need_memory(nft_ctx_new(NFT_CTX_DEFAULT));
	int result;

	nft_ctx_output_set_flags(nft, flags);
	if (nft_ctx_buffer_output(nft) || nft_ctx_buffer_error(nft))
		need_memory(NULL);
	result = nft_run_cmd_from_buffer(nft, commands) ? -1 : 0;
	*said = copy_text(result ? nft_ctx_get_error_buffer(nft) : nft_ctx_get_output_buffer(nft));
	nft_ctx_free(nft);
	return result;
}
