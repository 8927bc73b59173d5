import { networkInterfaces } from 'node:os'

/** Of every interface but the loopback ones, link-local ones apart. */
export const interfaceAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap(
    (addresses) =>
      addresses
        ?.filter(({ internal, address }) => !internal && !/^fe[89ab]/i.test(address))
        .map(({ address }) => address) ?? [],
  )
