/** What the mock calls itself in the header `Server`. */
export const mockName = 'humanloop-contract-mock';
