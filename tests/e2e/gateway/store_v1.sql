-- SPDX-License-Identifier: Apache-2.0
-- A store of version 1 after three checks and one that died: nobody's data.
BEGIN TRANSACTION;
CREATE TABLE gateway_devices ( thumbprint TEXT PRIMARY KEY, name TEXT NOT NULL, jwk TEXT NOT NULL, added TEXT NOT NULL, revoked TEXT NOT NULL);
INSERT INTO "gateway_devices" VALUES('GEU06juFUPsD3O0z2ayLWVK5BQ93ANoIaIWPCvuYj5I','desk-1','{"crv":"P-256","kty":"EC","x":"8inf72x9qVe7_vNtzoVLO7EytSTBg2hydI3gac9L6rY","y":"rVi8rscM1r1FBdo60yRpZIZlWmPB-slFZIsuRj-_UOM"}','2026-11-23T21:25:01Z','');
CREATE TABLE gateway_nonces ( nonce TEXT PRIMARY KEY, caller TEXT NOT NULL, expires BIGINT NOT NULL, state BIGINT NOT NULL, request_id TEXT NOT NULL, spent BIGINT NOT NULL);
INSERT INTO "gateway_nonces" VALUES('rYff6kPMQJ3pa4SU2uCNJeNhJUBFXYU3piK90_Vb3ME','desk',1795469401,2,'7Ly5H9Z1wHIONnexHYEx0w',1795469101);
INSERT INTO "gateway_nonces" VALUES('1Fx_vOSFTCoiHcBNw91SVq9Hbo9XXobvE6w7KcCMLEs','desk',1795469401,2,'O5xUxzzRFlv2fgEI5I1G1g',1795469101);
INSERT INTO "gateway_nonces" VALUES('dcow0TLx8MvPWbyRaFepYCPMaEeTHAHXgceyg2WpXJ0','desk',1795469401,2,'kX2qpEBUGIY0zKrqkRCZBg',1795469101);
INSERT INTO "gateway_nonces" VALUES('8rfdrZpwP62CFux2f3uGrmRchzGQXGNNQ96oPzXlYHg','desk',1795469401,0,'',0);
INSERT INTO "gateway_nonces" VALUES('a-nonce-of-a-check-that-died-with-its-gateway','desk',1795000000,1,'died-with-its-gateway0',1795000000);
CREATE TABLE usage_chain ( one BIGINT PRIMARY KEY CHECK (one = 1), base_seq BIGINT NOT NULL, base_hash TEXT NOT NULL, seq BIGINT NOT NULL, hash TEXT NOT NULL);
INSERT INTO "usage_chain" VALUES(1,0,'',3,'392e1f7715f077aa002d51ddbf8a6f2e546d2dc793839533ce84b9381a73d307');
CREATE TABLE usage_log ( seq BIGINT PRIMARY KEY, time TEXT NOT NULL, request_id TEXT NOT NULL UNIQUE, transaction_id TEXT NOT NULL, caller TEXT NOT NULL, origin TEXT NOT NULL, officer_id TEXT NOT NULL, officer_name TEXT NOT NULL, purpose TEXT NOT NULL, service_code TEXT NOT NULL, procedure_code TEXT NOT NULL, device TEXT NOT NULL, subject TEXT NOT NULL, card TEXT NOT NULL, result TEXT NOT NULL, reason TEXT NOT NULL, fields TEXT NOT NULL, source TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL);
INSERT INTO "usage_log" VALUES(1,'2026-11-23T21:25:01Z','7Ly5H9Z1wHIONnexHYEx0w','0b9f3c1e-6a0e-4c0b-9d57-3d1f0c2a7e11','desk','https://desk.example','o-17','','counter','','','GEU06juFUPsD3O0z2ayLWVK5BQ93ANoIaIWPCvuYj5I','hmac-sha-256:fe103a7713d51400f1fe4cbd8b5b8ff92b0b75273a0abcba1e1de8e90b9cff28','successful','match','','id_number=match name=match date_of_birth=match sex=match','directory','','533954ce34d3203d9e05eb85a8a4702e55b609524a4f63cffcd88e60d768161b');
INSERT INTO "usage_log" VALUES(2,'2026-11-23T21:25:01Z','O5xUxzzRFlv2fgEI5I1G1g','0b9f3c1e-6a0e-4c0b-9d57-3d1f0c2a7e11','desk','https://desk.example','o-17','','counter','','','GEU06juFUPsD3O0z2ayLWVK5BQ93ANoIaIWPCvuYj5I','hmac-sha-256:fe103a7713d51400f1fe4cbd8b5b8ff92b0b75273a0abcba1e1de8e90b9cff28','successful','match','','id_number=match name=match date_of_birth=match sex=match','directory','533954ce34d3203d9e05eb85a8a4702e55b609524a4f63cffcd88e60d768161b','d1f2feb608f500b03f707fe88cfaedc6182a79781126328bd0dc30123d3abc2c');
INSERT INTO "usage_log" VALUES(3,'2026-11-23T21:25:01Z','kX2qpEBUGIY0zKrqkRCZBg','0b9f3c1e-6a0e-4c0b-9d57-3d1f0c2a7e11','desk','https://desk.example','o-17','','counter','','','GEU06juFUPsD3O0z2ayLWVK5BQ93ANoIaIWPCvuYj5I','hmac-sha-256:24b7025a97f67c72676e6de27727b43441e41b91667886d1ff541e4344ea61ab','successful','not_found','','','directory','d1f2feb608f500b03f707fe88cfaedc6182a79781126328bd0dc30123d3abc2c','392e1f7715f077aa002d51ddbf8a6f2e546d2dc793839533ce84b9381a73d307');
CREATE INDEX gateway_nonces_request ON gateway_nonces (request_id);
CREATE INDEX gateway_nonces_expires ON gateway_nonces (expires);
CREATE INDEX usage_log_time ON usage_log (time);
COMMIT;
