import { PasskeyRequest } from '@vastrox/shared/sign-in.ts'
import { api } from '#lib/api.ts'
import { askPasskey } from '#lib/passkeys.ts'

/** Has the server say what it wants signed, and the browser ask the person. */
export const passkeyFor = async (path: string, body?: object) =>
  askPasskey(await api.post(path, PasskeyRequest, body))
