/** What uptime checks call themselves where they look. */
export const UPTIME_AGENT = 'Vastrox-Uptime/1'
