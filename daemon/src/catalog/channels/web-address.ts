import { z } from 'zod'

const MAX_LENGTH = 2_000

/** Of a service that is told things: https, with no name and password in it. */
export const webAddress = z
  .string()
  .max(MAX_LENGTH)
  .refine(isWebAddress, 'Give an https address without a user name, a password or a fragment.')

function isWebAddress(text: string): boolean {
  const url = URL.parse(text)
  return url?.protocol === 'https:' && url.username === '' && url.password === '' && url.hash === ''
}

/** Its path is often its secret, its host never. */
export const hostOf = (address: string): string => URL.parse(address)?.host ?? ''
