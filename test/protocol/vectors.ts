/** Fixed keys and nonces with what must come of them, worked out by another implementation; docs/protocol.md §6 has the same table. */

/** The generator of P-256 and its double: keys anybody can check. */
export const OPENER = {
  publicKey: 'BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU',
  hostId: 'hst_aYvqY9xEo0RmP_FCmuoQhC',
  nonce: 'ERERERERERERERERERERERERERERERERERERERERERE',
}
export const JOINER = {
  publicKey: 'BHzyexiNA09-ilI4AwS1GsPAiWnid_IbNaYLSPxHZpl4B3dVENuO0EApPZrGn3Qw27p9reY86YIpngS3nSJ4c9E',
  deviceId: 'dev_qfMA61lg6JEzr3NiARoeJv',
  nonce: 'IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI',
}
export const SECRET = 'MzMzMzMzMzMzMzMzMzMzMw'

export const EXPECTED = [
  {
    purpose: 'PAIR_DEVICE',
    commitment: '9785722f56802c2e387be52b239ed625438d0ba081ecec620de9e5083ba9ce5b',
    matchCode: '609NVZ',
    mac: 'H350iIDd6NYuilGccA14__Vv-eGTpzRnwTRuRUCeWHo',
  },
  {
    purpose: 'ENROL_HOST',
    commitment: '093d88178d1e118e7fa1d07b0f29ee1395d14bb32134513856cb19fbea50ef1f',
    matchCode: '2YB655',
    mac: 'vWkOA8CujdNge8b9JH5OzMBF-fBJbbtbai7qMc_o6lk',
  },
] as const
