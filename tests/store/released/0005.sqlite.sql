BEGIN TRANSACTION;
CREATE TABLE access_entries (
	list_id VARCHAR NOT NULL, 
	principal VARCHAR NOT NULL, 
	denied BOOLEAN NOT NULL, 
	CONSTRAINT pk_access_entries PRIMARY KEY (list_id, principal, denied), 
	CONSTRAINT fk_access_entries_list_id FOREIGN KEY(list_id) REFERENCES access_lists (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "access_entries" VALUES('9a07922975f2e3ef5f104e64d87b36fb','group:hr',0);
INSERT INTO "access_entries" VALUES('9a07922975f2e3ef5f104e64d87b36fb','user:anna',0);
INSERT INTO "access_entries" VALUES('9a07922975f2e3ef5f104e64d87b36fb','user:eve',1);
CREATE TABLE access_lists (
	id VARCHAR NOT NULL, 
	allow TEXT NOT NULL, 
	deny TEXT NOT NULL, 
	CONSTRAINT pk_access_lists PRIMARY KEY (id)
)
 WITHOUT ROWID

;
INSERT INTO "access_lists" VALUES('9a07922975f2e3ef5f104e64d87b36fb','["group:hr", "user:anna"]','["user:eve"]');
INSERT INTO "access_lists" VALUES('a683096011db3975a1e401e33b0047d1','[]','[]');
CREATE TABLE alerts (
	fingerprint VARCHAR NOT NULL, 
	labels TEXT NOT NULL, 
	annotations TEXT NOT NULL, 
	starts_at BIGINT NOT NULL, 
	ends_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	generator_url TEXT NOT NULL, 
	timed_out BOOLEAN NOT NULL, 
	sender_starts_at BIGINT, 
	origin VARCHAR NOT NULL, 
	routed BOOLEAN NOT NULL, 
	CONSTRAINT pk_alerts PRIMARY KEY (fingerprint)
);
INSERT INTO "alerts" VALUES('a5c3052b989baf9d06a3cf2e6b3df07e','{"alertname":"high_latency","severity":"medium"}','{}',1772366400000000,1772971200000000,1772366400000000,'',0,NULL,'api',0);
CREATE TABLE api_keys (
	id VARCHAR NOT NULL, 
	token_hash VARCHAR NOT NULL, 
	prefix VARCHAR NOT NULL, 
	name TEXT NOT NULL, 
	user VARCHAR NOT NULL, 
	scopes TEXT, 
	created_at BIGINT NOT NULL, 
	expires_at BIGINT, 
	revoked_at BIGINT, 
	last_used_at BIGINT, 
	CONSTRAINT pk_api_keys PRIMARY KEY (id), 
	CONSTRAINT uq_api_keys_token_hash UNIQUE (token_hash)
);
INSERT INTO "api_keys" VALUES('k1','hash1','gwk_abc','laptop','anna','["a:b"]',1772366400000000,NULL,NULL,NULL);
INSERT INTO "api_keys" VALUES('k2','hash2','gwk_def','','bob',NULL,1772366400000000,1772452800000000,NULL,NULL);
CREATE TABLE changes (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	document_id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL
);
INSERT INTO "changes" VALUES(1,'2092c0c5f531e26a115a79974404b92d','content');
INSERT INTO "changes" VALUES(2,'f5675815421742f0ded8f22dbe480fef','content');
INSERT INTO "changes" VALUES(3,'42ba6d8429e8e223800aa086e730226d','content');
INSERT INTO "changes" VALUES(4,'f24cfa770f0552285374a79688a686cc','content');
INSERT INTO "changes" VALUES(5,'a300c203d4ddb61bd1abef03f7f6008e','content');
INSERT INTO "changes" VALUES(6,'2092c0c5f531e26a115a79974404b92d','access');
INSERT INTO "changes" VALUES(7,'f5675815421742f0ded8f22dbe480fef','access');
INSERT INTO "changes" VALUES(8,'a300c203d4ddb61bd1abef03f7f6008e','delete');
CREATE TABLE chunks (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	document_id VARCHAR NOT NULL, 
	ordinal INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	start_offset INTEGER NOT NULL, 
	end_offset INTEGER NOT NULL, 
	heading TEXT NOT NULL, 
	page INTEGER, 
	embedding_hash BLOB NOT NULL, 
	CONSTRAINT fk_chunks_document_id FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);
INSERT INTO "chunks" VALUES(1,'2092c0c5f531e26a115a79974404b92d',0,'Ein Text m',0,10,'Top',1,X'4862546F54D3F13B4F103D3EA609DF80');
INSERT INTO "chunks" VALUES(2,'2092c0c5f531e26a115a79974404b92d',1,'it ümlauts',10,20,'Top',1,X'68C413D361D1F1989AF532EC3A0D8CB8');
INSERT INTO "chunks" VALUES(3,'2092c0c5f531e26a115a79974404b92d',2,', ‮rechts‬',20,30,'Top',1,X'5683E525BFF434CDFD9F5E9E0AFFAE70');
INSERT INTO "chunks" VALUES(4,'2092c0c5f531e26a115a79974404b92d',3,' und ''Quot',30,40,'Top',1,X'BC36CA20C573B6419E6C928B049DEBD0');
INSERT INTO "chunks" VALUES(5,'2092c0c5f531e26a115a79974404b92d',4,'es''; zwei
',40,50,'Top',1,X'3E084CD5686C6024F8243E9486CA1361');
INSERT INTO "chunks" VALUES(6,'2092c0c5f531e26a115a79974404b92d',5,'Zeilen.',50,57,'Top',1,X'F36DF889ECFB74AAEC9D72E27D21AC29');
INSERT INTO "chunks" VALUES(7,'f5675815421742f0ded8f22dbe480fef',0,'Ein Text m',0,10,'Top',1,X'4862546F54D3F13B4F103D3EA609DF80');
INSERT INTO "chunks" VALUES(8,'f5675815421742f0ded8f22dbe480fef',1,'it ümlauts',10,20,'Top',1,X'68C413D361D1F1989AF532EC3A0D8CB8');
INSERT INTO "chunks" VALUES(9,'f5675815421742f0ded8f22dbe480fef',2,', ‮rechts‬',20,30,'Top',1,X'5683E525BFF434CDFD9F5E9E0AFFAE70');
INSERT INTO "chunks" VALUES(10,'f5675815421742f0ded8f22dbe480fef',3,' und ''Quot',30,40,'Top',1,X'BC36CA20C573B6419E6C928B049DEBD0');
INSERT INTO "chunks" VALUES(11,'f5675815421742f0ded8f22dbe480fef',4,'es''; zwei
',40,50,'Top',1,X'3E084CD5686C6024F8243E9486CA1361');
INSERT INTO "chunks" VALUES(12,'f5675815421742f0ded8f22dbe480fef',5,'Zeilen.',50,57,'Top',1,X'F36DF889ECFB74AAEC9D72E27D21AC29');
INSERT INTO "chunks" VALUES(13,'42ba6d8429e8e223800aa086e730226d',0,'Ein Text m',0,10,'Top',1,X'4862546F54D3F13B4F103D3EA609DF80');
INSERT INTO "chunks" VALUES(14,'42ba6d8429e8e223800aa086e730226d',1,'it ümlauts',10,20,'Top',1,X'68C413D361D1F1989AF532EC3A0D8CB8');
INSERT INTO "chunks" VALUES(15,'42ba6d8429e8e223800aa086e730226d',2,', ‮rechts‬',20,30,'Top',1,X'5683E525BFF434CDFD9F5E9E0AFFAE70');
INSERT INTO "chunks" VALUES(16,'42ba6d8429e8e223800aa086e730226d',3,' und ''Quot',30,40,'Top',1,X'BC36CA20C573B6419E6C928B049DEBD0');
INSERT INTO "chunks" VALUES(17,'42ba6d8429e8e223800aa086e730226d',4,'es''; zwei
',40,50,'Top',1,X'3E084CD5686C6024F8243E9486CA1361');
INSERT INTO "chunks" VALUES(18,'42ba6d8429e8e223800aa086e730226d',5,'Zeilen.',50,57,'Top',1,X'F36DF889ECFB74AAEC9D72E27D21AC29');
INSERT INTO "chunks" VALUES(19,'f24cfa770f0552285374a79688a686cc',0,'Ein Text m',0,10,'Top',1,X'4862546F54D3F13B4F103D3EA609DF80');
INSERT INTO "chunks" VALUES(20,'f24cfa770f0552285374a79688a686cc',1,'it ümlauts',10,20,'Top',1,X'68C413D361D1F1989AF532EC3A0D8CB8');
INSERT INTO "chunks" VALUES(21,'f24cfa770f0552285374a79688a686cc',2,', ‮rechts‬',20,30,'Top',1,X'5683E525BFF434CDFD9F5E9E0AFFAE70');
INSERT INTO "chunks" VALUES(22,'f24cfa770f0552285374a79688a686cc',3,' und ''Quot',30,40,'Top',1,X'BC36CA20C573B6419E6C928B049DEBD0');
INSERT INTO "chunks" VALUES(23,'f24cfa770f0552285374a79688a686cc',4,'es''; zwei
',40,50,'Top',1,X'3E084CD5686C6024F8243E9486CA1361');
INSERT INTO "chunks" VALUES(24,'f24cfa770f0552285374a79688a686cc',5,'Zeilen.',50,57,'Top',1,X'F36DF889ECFB74AAEC9D72E27D21AC29');
CREATE TABLE conversations (
	incident_id VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	opened_at BIGINT NOT NULL, 
	closed_at BIGINT, 
	receipt TEXT NOT NULL, 
	CONSTRAINT pk_conversations PRIMARY KEY (incident_id, channel)
);
INSERT INTO "conversations" VALUES('n1','mail',1772366400000000,NULL,'');
CREATE TABLE document_texts (
	document_id VARCHAR NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_document_texts PRIMARY KEY (document_id), 
	CONSTRAINT fk_document_texts_document_id FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);
INSERT INTO "document_texts" VALUES('2092c0c5f531e26a115a79974404b92d','Ein Text mit ümlauts, ‮rechts‬ und ''Quotes''; zwei
Zeilen.');
INSERT INTO "document_texts" VALUES('f5675815421742f0ded8f22dbe480fef','Ein Text mit ümlauts, ‮rechts‬ und ''Quotes''; zwei
Zeilen.');
INSERT INTO "document_texts" VALUES('42ba6d8429e8e223800aa086e730226d','Ein Text mit ümlauts, ‮rechts‬ und ''Quotes''; zwei
Zeilen.');
INSERT INTO "document_texts" VALUES('f24cfa770f0552285374a79688a686cc','Ein Text mit ümlauts, ‮rechts‬ und ''Quotes''; zwei
Zeilen.');
CREATE TABLE documents (
	id VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	path VARCHAR NOT NULL, 
	title TEXT NOT NULL, 
	media_type VARCHAR NOT NULL, 
	version BIGINT NOT NULL, 
	content_hash VARCHAR NOT NULL, 
	size BIGINT NOT NULL, 
	modified_at BIGINT NOT NULL, 
	indexed_at BIGINT NOT NULL, 
	tags TEXT NOT NULL, 
	pipeline VARCHAR NOT NULL, 
	deleted BOOLEAN NOT NULL, 
	CONSTRAINT pk_documents PRIMARY KEY (id)
)
 WITHOUT ROWID

;
INSERT INTO "documents" VALUES('2092c0c5f531e26a115a79974404b92d','files','hr/0.md','Leave','text/markdown',1,'hash of hr/0.md',12,1772366400000000,1772366400000000,'["policy"]','p',0);
INSERT INTO "documents" VALUES('42ba6d8429e8e223800aa086e730226d','files','hr/2.md','Leave','text/markdown',1,'hash of hr/2.md',12,1772366400000000,1772366400000000,'["policy"]','p',0);
INSERT INTO "documents" VALUES('a300c203d4ddb61bd1abef03f7f6008e','','','','',2,'',0,0,0,'[]','',1);
INSERT INTO "documents" VALUES('f24cfa770f0552285374a79688a686cc','files','hr/3.md','Leave','text/markdown',1,'hash of hr/3.md',12,1772366400000000,1772366400000000,'["policy"]','p',0);
INSERT INTO "documents" VALUES('f5675815421742f0ded8f22dbe480fef','files','hr/1.md','Leave','text/markdown',1,'hash of hr/1.md',12,1772366400000000,1772366400000000,'["policy"]','p',0);
CREATE TABLE experiment_looks (
	name VARCHAR NOT NULL, 
	run INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_experiment_looks PRIMARY KEY (name, run, at)
);
INSERT INTO "experiment_looks" VALUES('a',1,1772366400000000,'{}');
CREATE TABLE experiments (
	name VARCHAR NOT NULL, 
	run INTEGER NOT NULL, 
	begun_at BIGINT NOT NULL, 
	ended_at BIGINT, 
	looked_at BIGINT, 
	dropped TEXT NOT NULL, 
	settings TEXT NOT NULL, 
	looked TEXT NOT NULL, 
	records TEXT NOT NULL, 
	CONSTRAINT pk_experiments PRIMARY KEY (name, run)
);
INSERT INTO "experiments" VALUES('a',1,1772366400000000,NULL,1772366400000000,'["x"]','{}','{}','[]');
CREATE TABLE exposures (
	name VARCHAR NOT NULL, 
	run INTEGER NOT NULL, 
	unit VARCHAR NOT NULL, 
	variant VARCHAR NOT NULL, 
	first_at BIGINT NOT NULL, 
	CONSTRAINT pk_exposures PRIMARY KEY (name, run, unit, variant)
);
INSERT INTO "exposures" VALUES('a',1,'anna','x',1772366400000000);
CREATE TABLE feedback (
	interaction_id VARCHAR NOT NULL, 
	user VARCHAR NOT NULL, 
	given_at BIGINT NOT NULL, 
	thumb INTEGER, 
	rating INTEGER, 
	comment TEXT NOT NULL, 
	CONSTRAINT pk_feedback PRIMARY KEY (interaction_id, user)
);
INSERT INTO "feedback" VALUES('i1','anna',1772366400000000,1,NULL,'gut');
CREATE TABLE findings (
	id VARCHAR NOT NULL, 
	started_at BIGINT NOT NULL, 
	ended_at BIGINT, 
	seen_at BIGINT NOT NULL, 
	severity VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	metric VARCHAR NOT NULL, 
	application VARCHAR NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_findings PRIMARY KEY (id)
);
INSERT INTO "findings" VALUES('f1',1772366400000000,NULL,1772366400000000,'high','performance','latency','demo','{}');
CREATE TABLE folded_hours (
	day BIGINT NOT NULL, 
	hour BIGINT NOT NULL, 
	sequence BIGINT NOT NULL, 
	CONSTRAINT pk_folded_hours PRIMARY KEY (day, hour)
)
 WITHOUT ROWID

;
INSERT INTO "folded_hours" VALUES(20513,492324,3);
CREATE TABLE groundwatch_schema (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT groundwatch_schema_pkc PRIMARY KEY (version_num)
);
INSERT INTO "groundwatch_schema" VALUES('0005');
CREATE TABLE happenings (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	incident_id VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	kind VARCHAR NOT NULL, 
	actor VARCHAR NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT fk_happenings_incident_id FOREIGN KEY(incident_id) REFERENCES incidents (id) ON DELETE CASCADE
);
INSERT INTO "happenings" VALUES(1,'n1',1772366400000000,'opened','','high_latency');
CREATE TABLE incident_alerts (
	incident_id VARCHAR NOT NULL, 
	fingerprint VARCHAR NOT NULL, 
	told VARCHAR NOT NULL, 
	joined_at BIGINT NOT NULL, 
	left_at BIGINT, 
	CONSTRAINT pk_incident_alerts PRIMARY KEY (incident_id, fingerprint), 
	CONSTRAINT fk_incident_alerts_incident_id FOREIGN KEY(incident_id) REFERENCES incidents (id) ON DELETE CASCADE
);
INSERT INTO "incident_alerts" VALUES('n1','a5c3052b989baf9d06a3cf2e6b3df07e','firing',1772366400000000,NULL);
CREATE TABLE incidents (
	id VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	route VARCHAR NOT NULL, 
	receiver VARCHAR NOT NULL, 
	labels TEXT NOT NULL, 
	title TEXT NOT NULL, 
	opened_at BIGINT NOT NULL, 
	due_at BIGINT, 
	severity VARCHAR NOT NULL, 
	told_severity VARCHAR, 
	told_at BIGINT, 
	resolved_at BIGINT, 
	sequence INTEGER NOT NULL, 
	held_since BIGINT, 
	held_until BIGINT, 
	held_reason VARCHAR NOT NULL, 
	held_severity VARCHAR, 
	digest VARCHAR NOT NULL, 
	owner VARCHAR NOT NULL, 
	acknowledged_by VARCHAR NOT NULL, 
	acknowledged_at BIGINT, 
	acknowledged_until BIGINT, 
	snoozed_until BIGINT, 
	escalation VARCHAR NOT NULL, 
	step INTEGER NOT NULL, 
	round INTEGER NOT NULL, 
	escalate_at BIGINT, 
	touched BOOLEAN NOT NULL, 
	CONSTRAINT pk_incidents PRIMARY KEY (id)
);
INSERT INTO "incidents" VALUES('n1','k1','group','{}','default','{"alertname":"high_latency"}','high_latency',1772366400000000,1772366400000000,'medium',NULL,NULL,NULL,0,NULL,NULL,'',NULL,'','','',NULL,NULL,NULL,'',0,0,NULL,0);
CREATE TABLE interactions (
	id VARCHAR NOT NULL, 
	started_at BIGINT NOT NULL, 
	application VARCHAR NOT NULL, 
	user VARCHAR NOT NULL, 
	session VARCHAR NOT NULL, 
	outcome VARCHAR NOT NULL, 
	severity VARCHAR NOT NULL, 
	endpoint VARCHAR NOT NULL, 
	model VARCHAR NOT NULL, 
	duration FLOAT NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_interactions PRIMARY KEY (id)
);
INSERT INTO "interactions" VALUES('i1',1772366400000000,'groundwatch','','','answered','info','','',0.5,'{"id": "i1", "application": "groundwatch", "started_at": 1772366400000000, "duration": 0.5, "outcome": "answered", "severity": "info", "query": "Wer?", "response": "Ich.", "reason": "", "user": "", "session": "", "group": "", "endpoint": "", "correlation_id": "", "passages": [{"rank": 1, "text": "Ein Text mit \u00fcmlauts, \u202erechts\u202c und ''Quotes''; zwei\nZeilen.", "document_id": "d1", "document_version": 1, "chunk_id": "", "title": "", "source": "", "score": null, "cited": true, "start": null, "end": null}], "stages": [], "first_token": null, "input_tokens": 0, "output_tokens": 0, "cost": null, "model": "", "prompt_version": "", "index_version": "", "confidence": null, "error_type": "", "error": "", "flags": [], "attributes": {}}');
CREATE TABLE job_tasks (
	job_id VARCHAR NOT NULL, 
	number INTEGER NOT NULL, 
	source VARCHAR NOT NULL, 
	path VARCHAR NOT NULL, 
	document_id VARCHAR NOT NULL, 
	operation VARCHAR NOT NULL, 
	version BIGINT NOT NULL, 
	CONSTRAINT pk_job_tasks PRIMARY KEY (job_id, number), 
	CONSTRAINT fk_job_tasks_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);
INSERT INTO "job_tasks" VALUES('job1',0,'uploads','anna/a.md','9775d7ac82786878700f08515efddbf0','put',1);
CREATE TABLE jobs (
	id VARCHAR NOT NULL, 
	user VARCHAR NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_jobs PRIMARY KEY (id)
);
INSERT INTO "jobs" VALUES('job1','anna',1772366400000000);
CREATE TABLE leases (
	name VARCHAR NOT NULL, 
	owner VARCHAR NOT NULL, 
	expires_at BIGINT NOT NULL, 
	CONSTRAINT pk_leases PRIMARY KEY (name)
);
INSERT INTO "leases" VALUES('scan','w',1772366405000000);
CREATE TABLE ledger (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	source VARCHAR NOT NULL, 
	path VARCHAR NOT NULL, 
	document_id VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	version BIGINT NOT NULL, 
	finished_version BIGINT DEFAULT 0 NOT NULL, 
	content_hash VARCHAR DEFAULT '' NOT NULL, 
	mtime_ns BIGINT DEFAULT 0 NOT NULL, 
	size BIGINT DEFAULT 0 NOT NULL, 
	acl_hash VARCHAR DEFAULT '' NOT NULL, 
	event VARCHAR NOT NULL, 
	priority INTEGER NOT NULL, 
	attempts INTEGER DEFAULT 0 NOT NULL, 
	due_at BIGINT, 
	claim BIGINT DEFAULT 0 NOT NULL, 
	owner VARCHAR DEFAULT '' NOT NULL, 
	stage VARCHAR DEFAULT '' NOT NULL, 
	reason VARCHAR DEFAULT '' NOT NULL, 
	error TEXT DEFAULT '' NOT NULL, 
	queued_at BIGINT NOT NULL, 
	started_at BIGINT, 
	finished_at BIGINT
);
INSERT INTO "ledger" VALUES(1,'uploads','anna/a.md','9775d7ac82786878700f08515efddbf0','done',1,1,'h',1,2,'acl','changed',2,0,NULL,1,'','','','',1772366400000000,1772366402000000,1772366400000000);
INSERT INTO "ledger" VALUES(2,'files','a','c50d9fbba341f8e5d3c8eb2a4ca4edd8','quarantined',1,1,'',0,0,'','changed',2,0,NULL,1,'','parse','corrupt','no',1772366401000000,1772366402000000,1772366400000000);
INSERT INTO "ledger" VALUES(3,'files','b','1077ac290373389120be1624931b1275','running',1,0,'',0,0,'','changed',2,1,1772366411000000,1,'w','','','',1772366401000000,1772366402000000,NULL);
INSERT INTO "ledger" VALUES(4,'files','c','2a0f9ef5208503cf7b05bf665e62520c','ready',1,0,'',0,0,'','changed',2,0,1772366401000000,0,'','','','',1772366401000000,NULL,NULL);
CREATE TABLE login_links (
	token_hash VARCHAR NOT NULL, 
	user VARCHAR NOT NULL, 
	created_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	used_at BIGINT, 
	CONSTRAINT pk_login_links PRIMARY KEY (token_hash)
);
INSERT INTO "login_links" VALUES('hash3','anna',1772366400000000,1772452800000000,NULL);
CREATE TABLE outbox (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	incident_id VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	sequence INTEGER NOT NULL, 
	transition VARCHAR NOT NULL, 
	payload TEXT NOT NULL, 
	state VARCHAR NOT NULL, 
	created_at BIGINT NOT NULL, 
	due_at BIGINT NOT NULL, 
	attempts INTEGER NOT NULL, 
	owner VARCHAR NOT NULL, 
	leased_until BIGINT, 
	finished_at BIGINT, 
	refused BOOLEAN NOT NULL, 
	error TEXT NOT NULL
);
INSERT INTO "outbox" VALUES(1,'n1','mail',1,'firing','{}','waiting',1772366400000000,1772366400000000,0,'',NULL,NULL,0,'');
CREATE TABLE permissions (
	document_id VARCHAR NOT NULL, 
	rules_id VARCHAR, 
	explicit_id VARCHAR, 
	CONSTRAINT pk_permissions PRIMARY KEY (document_id), 
	CONSTRAINT fk_permissions_explicit_id FOREIGN KEY(explicit_id) REFERENCES access_lists (id), 
	CONSTRAINT fk_permissions_rules_id FOREIGN KEY(rules_id) REFERENCES access_lists (id)
)
 WITHOUT ROWID

;
INSERT INTO "permissions" VALUES('2092c0c5f531e26a115a79974404b92d','9a07922975f2e3ef5f104e64d87b36fb',NULL);
INSERT INTO "permissions" VALUES('f5675815421742f0ded8f22dbe480fef',NULL,'a683096011db3975a1e401e33b0047d1');
CREATE TABLE rollup_series (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	metric VARCHAR NOT NULL, 
	dimension VARCHAR NOT NULL, 
	label VARCHAR NOT NULL, 
	application VARCHAR NOT NULL
);
INSERT INTO "rollup_series" VALUES(1,'latency','','','groundwatch');
CREATE TABLE rollups (
	level INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	series BIGINT NOT NULL, 
	day BIGINT NOT NULL, 
	amount BIGINT NOT NULL, 
	weight FLOAT NOT NULL, 
	total FLOAT NOT NULL, 
	buckets BLOB NOT NULL, 
	CONSTRAINT pk_rollups PRIMARY KEY (level, at, series, day)
)
 WITHOUT ROWID

;
INSERT INTO "rollups" VALUES(1,492324,1,20513,2,2.0,0.75,X'82E201EF01');
INSERT INTO "rollups" VALUES(24,20513,1,20513,2,2.0,0.75,X'82E201EF01');
CREATE TABLE rule_states (
	rule VARCHAR NOT NULL, 
	series VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	since BIGINT NOT NULL, 
	last_true BIGINT, 
	value FLOAT, 
	evaluated_at BIGINT NOT NULL, 
	CONSTRAINT pk_rule_states PRIMARY KEY (rule, series)
);
INSERT INTO "rule_states" VALUES('high_latency','','firing',1772366400000000,1772366400000000,6.5,1772366400000000);
CREATE TABLE sessions (
	token_hash VARCHAR NOT NULL, 
	user VARCHAR NOT NULL, 
	created_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (token_hash)
);
INSERT INTO "sessions" VALUES('hash4','anna',1772366400000000,1772452800000000);
CREATE TABLE silences (
	id VARCHAR NOT NULL, 
	conditions TEXT NOT NULL, 
	starts_at BIGINT NOT NULL, 
	ends_at BIGINT NOT NULL, 
	created_by VARCHAR NOT NULL, 
	comment TEXT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	CONSTRAINT pk_silences PRIMARY KEY (id)
);
INSERT INTO "silences" VALUES('s1','[["alertname", "=", "x"]]',1772366400000000,1772971200000000,'anna','upgrade',1772366400000000);
CREATE TABLE spare_vectors (
	embedding_hash BLOB NOT NULL, 
	model VARCHAR NOT NULL, 
	vector BLOB NOT NULL, 
	spared_at BIGINT NOT NULL, 
	CONSTRAINT pk_spare_vectors PRIMARY KEY (embedding_hash, model)
);
INSERT INTO "spare_vectors" VALUES(X'4862546F54D3F13B4F103D3EA609DF80','minilm',X'191A1B1C1D1E1F202122232425262728',1772366400000000);
INSERT INTO "spare_vectors" VALUES(X'68C413D361D1F1989AF532EC3A0D8CB8','minilm',X'1A1B1C1D1E1F20212223242526272829',1772366400000000);
INSERT INTO "spare_vectors" VALUES(X'5683E525BFF434CDFD9F5E9E0AFFAE70','minilm',X'1B1C1D1E1F202122232425262728292A',1772366400000000);
INSERT INTO "spare_vectors" VALUES(X'BC36CA20C573B6419E6C928B049DEBD0','minilm',X'1C1D1E1F202122232425262728292A2B',1772366400000000);
INSERT INTO "spare_vectors" VALUES(X'3E084CD5686C6024F8243E9486CA1361','minilm',X'1D1E1F202122232425262728292A2B2C',1772366400000000);
INSERT INTO "spare_vectors" VALUES(X'F36DF889ECFB74AAEC9D72E27D21AC29','minilm',X'1E1F202122232425262728292A2B2C2D',1772366400000000);
CREATE TABLE stored_values (
	name VARCHAR NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_stored_values PRIMARY KEY (name)
);
INSERT INTO "stored_values" VALUES('position','7');
CREATE TABLE tracking (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	source VARCHAR NOT NULL, 
	path VARCHAR NOT NULL, 
	document_id VARCHAR NOT NULL, 
	version BIGINT NOT NULL, 
	event VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	attempts INTEGER NOT NULL, 
	stage VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	error TEXT NOT NULL, 
	queued_at BIGINT NOT NULL, 
	started_at BIGINT NOT NULL, 
	finished_at BIGINT NOT NULL, 
	timings TEXT NOT NULL
);
INSERT INTO "tracking" VALUES(1,'uploads','anna/a.md','9775d7ac82786878700f08515efddbf0',1,'changed','done',1,'','','',1772366400000000,1772366402000000,1772366400000000,'{"parse": 0.25}');
INSERT INTO "tracking" VALUES(2,'files','a','c50d9fbba341f8e5d3c8eb2a4ca4edd8',1,'changed','quarantined',1,'parse','corrupt','no',1772366401000000,1772366402000000,1772366400000000,'{}');
CREATE TABLE uploads (
	source VARCHAR NOT NULL, 
	path VARCHAR NOT NULL, 
	tags TEXT NOT NULL, 
	content_hash VARCHAR NOT NULL, 
	size BIGINT NOT NULL, 
	user VARCHAR NOT NULL, 
	uploaded_at BIGINT NOT NULL, 
	content BLOB NOT NULL, 
	CONSTRAINT pk_uploads PRIMARY KEY (source, path)
);
INSERT INTO "uploads" VALUES('uploads','anna/a.md','["x"]','ae4b3280e56e2faf83f414a6e3dabe9d5fbe18976544c05fed121accb85b53fc',3,'anna',1772366400000000,X'000102');
INSERT INTO "uploads" VALUES('uploads','anna/empty.md','[]','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',0,'anna',1772366400000000,X'');
CREATE TABLE vectors (
	chunk_id INTEGER NOT NULL, 
	model VARCHAR NOT NULL, 
	vector BLOB NOT NULL, 
	CONSTRAINT pk_vectors PRIMARY KEY (chunk_id, model), 
	CONSTRAINT fk_vectors_chunk_id FOREIGN KEY(chunk_id) REFERENCES chunks (id) ON DELETE CASCADE
);
INSERT INTO "vectors" VALUES(1,'minilm',X'0102030405060708090A0B0C0D0E0F10');
INSERT INTO "vectors" VALUES(2,'minilm',X'02030405060708090A0B0C0D0E0F1011');
INSERT INTO "vectors" VALUES(3,'minilm',X'030405060708090A0B0C0D0E0F101112');
INSERT INTO "vectors" VALUES(4,'minilm',X'0405060708090A0B0C0D0E0F10111213');
INSERT INTO "vectors" VALUES(5,'minilm',X'05060708090A0B0C0D0E0F1011121314');
INSERT INTO "vectors" VALUES(6,'minilm',X'060708090A0B0C0D0E0F101112131415');
INSERT INTO "vectors" VALUES(7,'minilm',X'0708090A0B0C0D0E0F10111213141516');
INSERT INTO "vectors" VALUES(8,'minilm',X'08090A0B0C0D0E0F1011121314151617');
INSERT INTO "vectors" VALUES(9,'minilm',X'090A0B0C0D0E0F101112131415161718');
INSERT INTO "vectors" VALUES(10,'minilm',X'0A0B0C0D0E0F10111213141516171819');
INSERT INTO "vectors" VALUES(11,'minilm',X'0B0C0D0E0F101112131415161718191A');
INSERT INTO "vectors" VALUES(12,'minilm',X'0C0D0E0F101112131415161718191A1B');
INSERT INTO "vectors" VALUES(13,'minilm',X'0D0E0F101112131415161718191A1B1C');
INSERT INTO "vectors" VALUES(14,'minilm',X'0E0F101112131415161718191A1B1C1D');
INSERT INTO "vectors" VALUES(15,'minilm',X'0F101112131415161718191A1B1C1D1E');
INSERT INTO "vectors" VALUES(16,'minilm',X'101112131415161718191A1B1C1D1E1F');
INSERT INTO "vectors" VALUES(17,'minilm',X'1112131415161718191A1B1C1D1E1F20');
INSERT INTO "vectors" VALUES(18,'minilm',X'12131415161718191A1B1C1D1E1F2021');
INSERT INTO "vectors" VALUES(19,'minilm',X'131415161718191A1B1C1D1E1F202122');
INSERT INTO "vectors" VALUES(20,'minilm',X'1415161718191A1B1C1D1E1F20212223');
INSERT INTO "vectors" VALUES(21,'minilm',X'15161718191A1B1C1D1E1F2021222324');
INSERT INTO "vectors" VALUES(22,'minilm',X'161718191A1B1C1D1E1F202122232425');
INSERT INTO "vectors" VALUES(23,'minilm',X'1718191A1B1C1D1E1F20212223242526');
INSERT INTO "vectors" VALUES(24,'minilm',X'18191A1B1C1D1E1F2021222324252627');
CREATE INDEX ix_documents_content_hash ON documents (content_hash);
CREATE INDEX ix_documents_source_path ON documents (source, path);
CREATE UNIQUE INDEX ix_chunks_document_id_ordinal ON chunks (document_id, ordinal);
CREATE INDEX ix_chunks_embedding_hash ON chunks (embedding_hash);
CREATE INDEX ix_spare_vectors_spared_at ON spare_vectors (spared_at);
CREATE INDEX ix_access_entries_principal ON access_entries (principal);
CREATE INDEX ix_ledger_document_id ON ledger (document_id);
CREATE INDEX ix_ledger_due ON ledger (priority, due_at) WHERE due_at IS NOT NULL;
CREATE UNIQUE INDEX ix_ledger_source_path ON ledger (source, path);
CREATE INDEX ix_ledger_source_state ON ledger (source, state);
CREATE INDEX ix_tracking_source_finished_at ON tracking (source, finished_at);
CREATE INDEX ix_jobs_created_at_id ON jobs (created_at, id);
CREATE INDEX ix_jobs_user_created_at_id ON jobs (user, created_at, id);
CREATE INDEX ix_job_tasks_source_path ON job_tasks (source, path);
CREATE INDEX ix_api_keys_user ON api_keys (user);
CREATE INDEX ix_login_links_expires_at ON login_links (expires_at);
CREATE INDEX ix_sessions_expires_at ON sessions (expires_at);
CREATE INDEX ix_sessions_user ON sessions (user);
CREATE INDEX ix_interactions_started_at_id ON interactions (started_at, id);
CREATE INDEX ix_interactions_user_started_at_id ON interactions (user, started_at, id);
CREATE UNIQUE INDEX ix_rollup_series_names ON rollup_series (metric, dimension, label, application);
CREATE INDEX ix_rollups_series ON rollups (series, level, at);
CREATE INDEX ix_alerts_ends_at ON alerts (ends_at);
CREATE INDEX ix_alerts_unrouted ON alerts (updated_at) WHERE routed = 0;
CREATE INDEX ix_conversations_closed_at ON conversations (closed_at);
CREATE UNIQUE INDEX ix_incidents_open ON incidents ("key") WHERE resolved_at IS NULL;
CREATE INDEX ix_incidents_opened_at_id ON incidents (opened_at, id);
CREATE INDEX ix_incidents_resolved_at ON incidents (resolved_at);
CREATE INDEX ix_incidents_touched ON incidents (id) WHERE touched = 1 AND resolved_at IS NULL;
CREATE INDEX ix_outbox_finished_at ON outbox (finished_at);
CREATE UNIQUE INDEX ix_outbox_notice ON outbox (incident_id, channel, sequence);
CREATE INDEX ix_outbox_waiting ON outbox (channel, due_at) WHERE state = 'waiting';
CREATE INDEX ix_silences_ends_at ON silences (ends_at);
CREATE INDEX ix_happenings_incident_id_id ON happenings (incident_id, id);
CREATE INDEX ix_incident_alerts_fingerprint ON incident_alerts (fingerprint);
CREATE INDEX ix_findings_started_at_id ON findings (started_at, id);
CREATE INDEX ix_findings_ended_at ON findings (ended_at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('changes',8);
INSERT INTO "sqlite_sequence" VALUES('chunks',30);
INSERT INTO "sqlite_sequence" VALUES('ledger',4);
INSERT INTO "sqlite_sequence" VALUES('tracking',2);
INSERT INTO "sqlite_sequence" VALUES('rollup_series',1);
INSERT INTO "sqlite_sequence" VALUES('happenings',1);
INSERT INTO "sqlite_sequence" VALUES('outbox',1);
COMMIT;
