/** A server that takes mail for others. */
export interface MailServer {
  host: string
  port: number
  /** `tls` from the first byte; `starttls`: refused where it is not offered; `none`: in networks that the operator allowed. */
  security: 'tls' | 'starttls' | 'none'
  /** Empty: no sign-in. */
  user: string
  password: string
}

export interface Mail {
  from: string
  to: readonly string[]
  subject: string
  text: string
  html: string
  at: Date
  /** The same for the same mail sent again: its Message-ID is made of it. */
  identity: string
  /** The same for what belongs together. */
  thread: string
}

export interface MailOutcome {
  isTaken: boolean
  /** The server's own words, or why it could not be reached. */
  answer: string
  /** Sending it again cannot help. */
  isFinal: boolean
}

/** Sends mail by SMTP, to guarded addresses alone (rule C11). Never rejects for what the other side does. */
export interface Mailer {
  send(server: MailServer, mail: Mail, signal: AbortSignal): Promise<MailOutcome>
}
