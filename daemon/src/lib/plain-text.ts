const MAX_LENGTH = 1_000

/**
 * What a source says, in a sentence of ours that reaches terminals: one line, nothing that steers,
 * and no longer than can be read (rule C15).
 */
export const plainText = (text: string): string =>
  text.slice(0, MAX_LENGTH).replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, ' ')
