/** As people write it, without what only sets its digits apart. */
export const tidyPhone = (text: string) => text.replace(/[\s()-]/g, '')

/** A mobile number of China, a landline with its area code, or a foreign number with + (E.164): what the server takes. */
export const isPhone = (text: string) => /^((\+?86)?1[3-9]\d{9}|0[1-9]\d{8,10}|\+[1-9]\d{6,14})$/.test(tidyPhone(text))
