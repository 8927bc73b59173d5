/** Addresses of a host that may be connected to (rule C11); asked once, and only these are used. */
export interface GuardedAddresses {
  /** Throws ADDRESS_REFUSED where none may be reached, HOST_NOT_FOUND where there is none. */
  resolve(host: string, port: number, signal?: AbortSignal): Promise<readonly string[]>
}
