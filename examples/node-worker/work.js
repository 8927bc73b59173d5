/** Stands for what takes time: mails, pictures, imports. */
export const work = (greeting = 'Still here') => `${greeting}, ${new Date().toISOString()}`
