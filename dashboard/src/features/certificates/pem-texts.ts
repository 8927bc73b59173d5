import { t } from '#lib/words.ts'

/** What of some texts is certificates, and what is a key; as they stand in PEM. */
export interface PemTexts {
  certificatePem: string
  keyPem: string
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g
const KEY = /-----BEGIN ((?:EC |RSA |ENCRYPTED )?PRIVATE KEY)-----[^-]+-----END \1-----/g

/**
 * Sorts out what somebody has pasted or dropped: one file with both, or several in any order. Text
 * around the blocks (bags of attributes, comments) is left out.
 */
export function sortPem(texts: readonly string[]): PemTexts {
  const blocksOf = (pattern: RegExp): string =>
    texts
      .flatMap((text) => text.match(pattern) ?? [])
      .map((block) => `${block.replaceAll('\r', '')}\n`)
      .join('')
  return { certificatePem: blocksOf(CERTIFICATE), keyPem: blocksOf(KEY) }
}

/** Why there is nothing to look at yet; undefined where there is. */
export function wrongWithPem({ certificatePem, keyPem }: PemTexts): string | undefined {
  if (certificatePem === '' && keyPem === '')
    return t(
      'There is no PEM in it. Files of type .p12 or .pfx are turned into PEM by: openssl pkcs12 -in file -nodes',
    )
  if (certificatePem === '') return t('The certificate is missing: this is only a private key.')
  if (keyPem === '') return t('The private key is missing: this is only a certificate.')
  if (keyPem.includes('ENCRYPTED'))
    return t(
      'The private key has a pass phrase. This removes it: openssl pkey -in key.pem -out plain.pem',
    )
  if (keyPem.match(/-----BEGIN/g)?.length !== 1)
    return t('There is more than one private key: give only that of the certificate.')
  return undefined
}
