/** How a sealed value begins: version (1), id of its key (4), iv (12), tag (16); then the ciphertext. */
export const SEALED_VERSION = 1
export const KEY_ID_AT = 1
export const KEY_ID_BYTES = 4
export const IV_AT = KEY_ID_AT + KEY_ID_BYTES
export const IV_BYTES = 12
export const TAG_AT = IV_AT + IV_BYTES
export const TAG_BYTES = 16
export const TEXT_AT = TAG_AT + TAG_BYTES
