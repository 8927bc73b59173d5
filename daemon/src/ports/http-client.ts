export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** https only; a redirect is an answer like any other, nobody follows it. */
  url: string
  headers?: Readonly<Record<string, string>>
  body?: string
  /** Instead of a body that is text. */
  bytes?: Uint8Array
  timeoutMs?: number
  /** PEM of an authority that is trusted for this request besides the others. */
  caPem?: string
  /** An answer that is longer rejects. */
  maxBytes?: number
  /** Of an answer that is longer no more than this is read, and that is given. */
  cutAtBytes?: number
}

export interface HttpReply {
  status: number
  headers: Readonly<Record<string, string>>
  body: string
}

/** HTTP to hosts that users name. Throws ADDRESS_REFUSED, HOST_NOT_FOUND or HOST_UNREACHABLE (rule C11). */
export interface HttpClient {
  send(request: HttpRequest): Promise<HttpReply>
}
