BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE assignment (
	id INTEGER NOT NULL, 
	county_id INTEGER NOT NULL, 
	project_id INTEGER, 
	enterprise_id INTEGER, 
	officer_id INTEGER NOT NULL, 
	since DATE NOT NULL, 
	until DATE, 
	agreement_number VARCHAR(60), 
	agreement_on DATE, 
	reason VARCHAR(200), 
	end_reason VARCHAR(200), 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_assignment PRIMARY KEY (id), 
	CONSTRAINT ck_assignment_either_target CHECK ((project_id IS NULL) <> (enterprise_id IS NULL)), 
	CONSTRAINT ck_assignment_until_after_since CHECK (until IS NULL OR until >= since), 
	CONSTRAINT fk_assignment_county_id FOREIGN KEY(county_id) REFERENCES county (id), 
	CONSTRAINT fk_assignment_enterprise_id FOREIGN KEY(enterprise_id) REFERENCES enterprise (id), 
	CONSTRAINT fk_assignment_officer_id FOREIGN KEY(officer_id) REFERENCES staff (id), 
	CONSTRAINT fk_assignment_project_id FOREIGN KEY(project_id) REFERENCES project (id)
);
CREATE TABLE audit_entry (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	username VARCHAR(60) NOT NULL, 
	role VARCHAR(20), 
	county_id INTEGER, 
	address VARCHAR(45), 
	action VARCHAR(40) NOT NULL, 
	object_type VARCHAR(40), 
	object_id INTEGER, 
	object_label VARCHAR(120), 
	result VARCHAR(200) NOT NULL, 
	user_id INTEGER, 
	"before" JSON, 
	"after" JSON, 
	CONSTRAINT pk_audit_entry PRIMARY KEY (id), 
	CONSTRAINT fk_audit_entry_county_id FOREIGN KEY(county_id) REFERENCES county (id)
);
INSERT INTO "audit_entry" VALUES(1,'2026-11-21 05:10:45.316889','system',NULL,NULL,'本机','初始化','县（旗）',1,'温县','成功',NULL,'null','{"id": 1, "code": "410825", "name": "\u6e29\u53bf", "slug": "wenxian", "city": "\u7126\u4f5c\u5e02", "area_code": "0391", "document": "\u6e29\u53bf\u653f\u52a1\u670d\u52a1\u5e2e\u529e\u4ee3\u529e\u8fd0\u884c\u673a\u5236\uff08\u4e2d\u5171\u6e29\u53bf\u53bf\u59d4\u529e\u516c\u5ba42023\u5e741\u670811\u65e5\u5370\u53d1\uff09", "lead_office": "\u53bf\u653f\u52a1\u670d\u52a1\u5e2e\u529e\u4ee3\u529e\u5de5\u4f5c\u9886\u5bfc\u5c0f\u7ec4\u529e\u516c\u5ba4", "service_word": "\u5e2e\u529e\u4ee3\u529e", "agent_word": "\u5168\u79d1\u4ee3\u529e\u5458", "applicants": "\u6cd5\u4eba", "project_decider": "\u53d1\u5c55\u6539\u9769\u59d4", "enterprise_decider": "\u79d1\u5de5\u4fe1\u5c40", "has_chief_officers": true, "officer_delivers": true, "has_liaisons": false, "filing": "staff", "tells_form": false, "item_boxes": false, "proof_needed": true, "commitment_needed": true, "first_contact_needed": false, "agreement_needed": true, "closes_on_receipt": false, "meeting_word": "\u9879\u76ee\u534f\u8c03\u4f1a", "extension_allowed": false, "evaluator_word": "\u9879\u76ee\u7ecf\u529e\u4eba", "due_soon_days": 3, "case_pattern": "\u6e29\u5e2e\u4ee3\u529e\u3014{year}\u3015{seq:04d}\u53f7", "completion_pattern": "\u6e29\u529e\u7ed3\u3014{year}\u3015{seq:04d}\u53f7", "termination_pattern": "\u6e29\u7ec8\u6b62\u3014{year}\u3015{seq:04d}\u53f7", "ledger_reporter": "\u6e29\u53bf\u653f\u52a1\u670d\u52a1\u5e2e\u529e\u4ee3\u529e\u5de5\u4f5c\u9886\u5bfc\u5c0f\u7ec4\u529e\u516c\u5ba4"}');
INSERT INTO "audit_entry" VALUES(2,'2026-11-21 05:10:45.322533','system',NULL,1,'本机','初始化','选项',1,'窗口','成功',NULL,'null','{"id": 1, "county_id": 1, "kind": "channel", "name": "\u7a97\u53e3", "position": 1, "needs_tracking": false, "active": true}');
INSERT INTO "audit_entry" VALUES(3,'2026-11-21 05:10:45.322564','system',NULL,1,'本机','初始化','选项',2,'电话','成功',NULL,'null','{"id": 2, "county_id": 1, "kind": "channel", "name": "\u7535\u8bdd", "position": 2, "needs_tracking": false, "active": true}');
INSERT INTO "audit_entry" VALUES(4,'2026-11-21 05:10:45.322590','system',NULL,1,'本机','初始化','选项',3,'网上','成功',NULL,'null','{"id": 3, "county_id": 1, "kind": "channel", "name": "\u7f51\u4e0a", "position": 3, "needs_tracking": false, "active": true}');
INSERT INTO "audit_entry" VALUES(5,'2026-11-21 05:10:45.322618','system',NULL,1,'本机','初始化','选项',4,'现场','成功',NULL,'null','{"id": 4, "county_id": 1, "kind": "mode", "name": "\u73b0\u573a", "position": 1, "needs_tracking": false, "active": true}');
CREATE TABLE case_event (
	id INTEGER NOT NULL, 
	county_id INTEGER NOT NULL, 
	case_id INTEGER NOT NULL, 
	step_id INTEGER, 
	action VARCHAR(30) NOT NULL, 
	happened_on DATE NOT NULL, 
	note VARCHAR(500), 
	recorded_at DATETIME NOT NULL, 
	recorded_by_id INTEGER, 
	from_state VARCHAR(32), 
	to_state VARCHAR(32), 
	CONSTRAINT pk_case_event PRIMARY KEY (id), 
	CONSTRAINT fk_case_event_case_id FOREIGN KEY(case_id) REFERENCES service_case (id), 
	CONSTRAINT fk_case_event_county_id FOREIGN KEY(county_id) REFERENCES county (id), 
	CONSTRAINT fk_case_event_recorded_by_id FOREIGN KEY(recorded_by_id) REFERENCES user (id), 
	CONSTRAINT fk_case_event_step_id FOREIGN KEY(step_id) REFERENCES case_step (id), 
	CONSTRAINT ck_case_event_from_state CHECK (from_state IN ('draft', 'submitted', 'supplement', 'accepted', 'in_progress', 'approved', 'delivered', 'closed', 'evaluated', 'archived', 'rejected', 'withdrawn', 'terminated')), 
	CONSTRAINT ck_case_event_to_state CHECK (to_state IN ('draft', 'submitted', 'supplement', 'accepted', 'in_progress', 'approved', 'delivered', 'closed', 'evaluated', 'archived', 'rejected', 'withdrawn', 'terminated'))
);
CREATE TABLE case_step (
	id INTEGER NOT NULL, 
	county_id INTEGER NOT NULL, 
	case_id INTEGER NOT NULL, 
	item_id INTEGER NOT NULL, 
	department_id INTEGER NOT NULL, 
	liaison_id INTEGER, 
	state VARCHAR(32) NOT NULL, 
	position INTEGER NOT NULL, 
	filed_on DATE, 
	accepted_on DATE, 
	due_on DATE, 
	finished_on DATE, 
	approval_number VARCHAR(80), 
	reason VARCHAR(200), 
	remark VARCHAR(500), 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_case_step PRIMARY KEY (id), 
	CONSTRAINT ck_case_step_finished_after CHECK (finished_on IS NULL OR finished_on >= accepted_on), 
	CONSTRAINT fk_case_step_case_id FOREIGN KEY(case_id) REFERENCES service_case (id), 
	CONSTRAINT fk_case_step_county_id FOREIGN KEY(county_id) REFERENCES county (id), 
	CONSTRAINT fk_case_step_department_id FOREIGN KEY(department_id) REFERENCES department (id), 
	CONSTRAINT fk_case_step_item_id FOREIGN KEY(item_id) REFERENCES service_item (id), 
	CONSTRAINT fk_case_step_liaison_id FOREIGN KEY(liaison_id) REFERENCES staff (id), 
	CONSTRAINT uq_case_step_case_id_item_id UNIQUE (case_id, item_id), 
	CONSTRAINT ck_case_step_state CHECK (state IN ('pending', 'filed', 'dept_accepted', 'item_supplement', 'granted', 'denied', 'withdrawn'))
);
CREATE TABLE completion (
	id INTEGER NOT NULL, 
	county_id INTEGER NOT NULL, 
	number VARCHAR(60) NOT NULL, 
	case_id INTEGER NOT NULL, 
	completed_on DATE NOT NULL, 
	handler VARCHAR(30), 
	closed_by_id INTEGER, 
	remark VARCHAR(500), 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_completion PRIMARY KEY (id), 
	CONSTRAINT fk_completion_case_id FOREIGN KEY(case_id) REFERENCES service_case (id), 
	CONSTRAINT fk_completion_closed_by_id FOREIGN KEY(closed_by_id) REFERENCES staff (id), 
	CONSTRAINT fk_completion_county_id FOREIGN KEY(county_id) REFERENCES county (id), 
	CONSTRAINT uq_completion_case_id UNIQUE (case_id), 
	CONSTRAINT uq_completion_county_id_number UNIQUE (county_id, number)
);
CREATE TABLE county (
	id INTEGER NOT NULL, 
	code VARCHAR(6) NOT NULL, 
	name VARCHAR(30) NOT NULL, 
	slug VARCHAR(20) NOT NULL, 
	city VARCHAR(30) NOT NULL, 
	area_code VARCHAR(4) NOT NULL, 
	document VARCHAR(120) NOT NULL, 
	lead_office VARCHAR(60) NOT NULL, 
	service_word VARCHAR(10) NOT NULL, 
	agent_word VARCHAR(20) NOT NULL, 
	applicants VARCHAR(40) NOT NULL, 
	project_decider VARCHAR(60), 
	enterprise_decider VARCHAR(60), 
	has_chief_officers BOOLEAN NOT NULL, 
	officer_delivers BOOLEAN NOT NULL, 
	has_liaisons BOOLEAN NOT NULL, 
	filing VARCHAR(32) NOT NULL, 
	tells_form BOOLEAN NOT NULL, 
	item_boxes BOOLEAN NOT NULL, 
	proof_needed BOOLEAN NOT NULL, 
	commitment_needed BOOLEAN NOT NULL, 
	first_contact_needed BOOLEAN NOT NULL, 
	agreement_needed BOOLEAN NOT NULL, 
	closes_on_receipt BOOLEAN NOT NULL, 
	meeting_word VARCHAR(20) NOT NULL, 
	extension_allowed BOOLEAN NOT NULL, 
	evaluator_word VARCHAR(20), 
	due_soon_days INTEGER NOT NULL, 
	case_pattern VARCHAR(60) NOT NULL, 
	completion_pattern VARCHAR(60) NOT NULL, 
	termination_pattern VARCHAR(60) NOT NULL, 
	ledger_reporter VARCHAR(60) NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_county PRIMARY KEY (id), 
	CONSTRAINT ck_county_code_six_digits CHECK (length(code) = 6), 
	CONSTRAINT uq_county_code UNIQUE (code), 
	CONSTRAINT uq_county_slug UNIQUE (slug), 
	CONSTRAINT ck_county_filing CHECK (filing IN ('staff', 'applicant', 'agent_or_accompanied', 'agent'))
);
INSERT INTO "county" VALUES(1,'410825','温县','wenxian','焦作市','0391','温县政务服务帮办代办运行机制（中共温县县委办公室2023年1月11日印发）','县政务服务帮办代办工作领导小组办公室','帮办代办','全科代办员','法人','发展改革委','科工信局',1,1,0,'staff',0,0,1,1,0,1,0,'项目协调会',0,'项目经办人',3,'温帮代办〔{year}〕{seq:04d}号','温办结〔{year}〕{seq:04d}号','温终止〔{year}〕{seq:04d}号','温县政务服务帮办代办工作领导小组办公室',1);
INSERT INTO "county" VALUES(2,'410823','武陟县','wuzhi','焦作市','0391','武陟县政务服务帮办代办制度实施方案（武“放管服”组办〔2024〕3号）','县行政审批和政务信息管理局','帮办代办','全科代办员','法人、投资者','发展改革委','科工局',1,0,1,'applicant',0,1,1,1,0,1,0,'项目协调会',0,'项目评价人',3,'武帮代办〔{year}〕{seq:04d}号','武办结〔{year}〕{seq:04d}号','武终止〔{year}〕{seq:04d}号','武陟县行政审批和政务信息管理局',1);
INSERT INTO "county" VALUES(3,'150422','巴林左旗','balinzuoqi','赤峰市','0476','巴林左旗政务服务局招商引资及重点投资项目“一对一”代办帮办工作方案','政务服务局','代办帮办','代办帮办人员','企业',NULL,NULL,0,0,0,'agent_or_accompanied',1,0,0,0,1,1,1,'科室集中研究',0,NULL,3,'左代帮办〔{year}〕{seq:04d}号','左办结〔{year}〕{seq:04d}号','左终止〔{year}〕{seq:04d}号','巴林左旗政务服务局',1);
INSERT INTO "county" VALUES(4,'652828','和硕县','heshuo','巴音郭楞蒙古自治州','0996','和硕县政务服务中心帮办代办工作制度（硕政办发〔2024〕1号）','县政务服务中心','帮办代办','帮代办专员','企业和群众','重大项目年度计划，县委、县政府督办或指定',NULL,0,0,1,'agent',0,0,0,0,1,0,1,'并联审批会议',1,NULL,3,'硕帮代办〔{year}〕{seq:04d}号','硕办结〔{year}〕{seq:04d}号','硕终止〔{year}〕{seq:04d}号','和硕县政务服务中心',1);
CREATE TABLE county_option (
	id INTEGER NOT NULL, 
	county_id INTEGER NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	name VARCHAR(40) NOT NULL, 
	position INTEGER NOT NULL, 
	needs_tracking BOOLEAN NOT NULL, 
	active BOOLEAN NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_county_option PRIMARY KEY (id), 
	CONSTRAINT fk_county_option_county_id FOREIGN KEY(county_id) REFERENCES county (id), 
	CONSTRAINT uq_county_option_county_id_kind_name UNIQUE (county_id, kind, name), 
	CONSTRAINT ck_county_option_kind CHECK (kind IN ('channel', 'mode', 'delivery_way', 'termination_reason', 'scale'))
);
INSERT INTO "county_option" VALUES(1,1,'channel','窗口',1,0,1,1);
INSERT INTO "county_option" VALUES(2,1,'channel','电话',2,0,1,1);
INSERT INTO "county_option" VALUES(3,1,'channel','网上',3,0,1,1);
INSERT INTO "county_option" VALUES(4,1,'mode','现场',1,0,1,1);
INSERT INTO "county_option" VALUES(5,1,'mode','网上',2,0,1,1);
INSERT INTO "county_option" VALUES(6,1,'mode','预约',3,0,1,1);
INSERT INTO "county_option" VALUES(7,1,'mode','上门',4,0,1,1);
INSERT INTO "county_option" VALUES(8,1,'delivery_way','上门专送',1,0,1,1);
INSERT INTO "county_option" VALUES(9,1,'delivery_way','现场转交',2,0,1,1);
INSERT INTO "county_option" VALUES(10,1,'delivery_way','邮寄',3,1,1,1);
INSERT INTO "county_option" VALUES(11,1,'termination_reason','不符合法规政策',1,0,1,1);
INSERT INTO "county_option" VALUES(12,1,'termination_reason','法规政策调整',2,0,1,1);
INSERT INTO "county_option" VALUES(13,1,'termination_reason','不可抗力',3,0,1,1);
INSERT INTO "county_option" VALUES(14,1,'termination_reason','申请单位申请终止',4,0,1,1);
INSERT INTO "county_option" VALUES(15,1,'termination_reason','申请单位不配合',5,0,1,1);
INSERT INTO "county_option" VALUES(16,1,'termination_reason','弄虚作假',6,0,1,1);
INSERT INTO "county_option" VALUES(17,1,'termination_reason','其他违法违规',7,0,1,1);
INSERT INTO "county_option" VALUES(18,1,'termination_reason','不具备办理（办结）条件',8,0,1,1);
INSERT INTO "county_option" VALUES(19,1,'scale','非常满意',1,0,1,1);
INSERT INTO "county_option" VALUES(20,1,'scale','满意',2,0,1,1);
INSERT INTO "county_option" VALUES(21,1,'scale','不满意',3,0,1,1);
INSERT INTO "county_option" VALUES(22,1,'scale','非常不满意',4,0,1,1);
INSERT INTO "county_option" VALUES(23,2,'channel','窗口',1,0,1,1);
INSERT INTO "county_option" VALUES(24,2,'channel','电话',2,0,1,1);
INSERT INTO "county_option" VALUES(25,2,'channel','网上',3,0,1,1);
INSERT INTO "county_option" VALUES(26,2,'channel','武来办',4,0,1,1);
INSERT INTO "county_option" VALUES(27,2,'channel','便民服务中心',5,0,1,1);
INSERT INTO "county_option" VALUES(28,2,'channel','邮政网点',6,0,1,1);
INSERT INTO "county_option" VALUES(29,2,'mode','现场',1,0,1,1);
INSERT INTO "county_option" VALUES(30,2,'mode','网上',2,0,1,1);
INSERT INTO "county_option" VALUES(31,2,'mode','预约',3,0,1,1);
INSERT INTO "county_option" VALUES(32,2,'mode','上门',4,0,1,1);
INSERT INTO "county_option" VALUES(33,2,'delivery_way','上门专送',1,0,1,1);
INSERT INTO "county_option" VALUES(34,2,'delivery_way','现场转交',2,0,1,1);
INSERT INTO "county_option" VALUES(35,2,'delivery_way','邮寄',3,1,1,1);
INSERT INTO "county_option" VALUES(36,2,'termination_reason','不符合法规政策',1,0,1,1);
INSERT INTO "county_option" VALUES(37,2,'termination_reason','法规政策调整',2,0,1,1);
INSERT INTO "county_option" VALUES(38,2,'termination_reason','不可抗力',3,0,1,1);
INSERT INTO "county_option" VALUES(39,2,'termination_reason','申请单位申请终止',4,0,1,1);
INSERT INTO "county_option" VALUES(40,2,'termination_reason','申请单位不配合',5,0,1,1);
INSERT INTO "county_option" VALUES(41,2,'termination_reason','弄虚作假',6,0,1,1);
INSERT INTO "county_option" VALUES(42,2,'termination_reason','其他违法违规',7,0,1,1);
INSERT INTO "county_option" VALUES(43,2,'termination_reason','不具备办理（办结）条件',8,0,1,1);
INSERT INTO "county_option" VALUES(44,2,'scale','非常满意',1,0,1,1);
INSERT INTO "county_option" VALUES(45,2,'scale','满意',2,0,1,1);
INSERT INTO "county_option" VALUES(46,2,'scale','不满意',3,0,1,1);
INSERT INTO "county_option" VALUES(47,2,'scale','非常不满意',4,0,1,1);
INSERT INTO "county_option" VALUES(48,3,'channel','代办帮办窗口',1,0,1,1);
INSERT INTO "county_option" VALUES(49,3,'channel','电话',2,0,1,1);
INSERT INTO "county_option" VALUES(50,3,'channel','网上',3,0,1,1);
INSERT INTO "county_option" VALUES(51,3,'mode','现场兜底',1,0,1,1);
INSERT INTO "county_option" VALUES(52,3,'mode','远程',2,0,1,1);
INSERT INTO "county_option" VALUES(53,3,'mode','全程',3,0,1,1);
INSERT INTO "county_option" VALUES(54,3,'delivery_way','当面递交',1,0,1,1);
INSERT INTO "county_option" VALUES(55,3,'delivery_way','邮寄',2,1,1,1);
INSERT INTO "county_option" VALUES(56,3,'termination_reason','不符合法规政策',1,0,1,1);
INSERT INTO "county_option" VALUES(57,3,'termination_reason','法规政策调整',2,0,1,1);
INSERT INTO "county_option" VALUES(58,3,'termination_reason','不可抗力',3,0,1,1);
INSERT INTO "county_option" VALUES(59,3,'termination_reason','申请单位申请终止',4,0,1,1);
INSERT INTO "county_option" VALUES(60,3,'termination_reason','申请单位不配合',5,0,1,1);
INSERT INTO "county_option" VALUES(61,3,'termination_reason','弄虚作假',6,0,1,1);
INSERT INTO "county_option" VALUES(62,3,'termination_reason','其他违法违规',7,0,1,1);
INSERT INTO "county_option" VALUES(63,3,'termination_reason','不具备办理（办结）条件',8,0,1,1);
INSERT INTO "county_option" VALUES(64,4,'channel','服务岗',1,0,1,1);
INSERT INTO "county_option" VALUES(65,4,'mode','预约',1,0,1,1);
INSERT INTO "county_option" VALUES(66,4,'mode','延时',2,0,1,1);
INSERT INTO "county_option" VALUES(67,4,'mode','错时',3,0,1,1);
INSERT INTO "county_option" VALUES(68,4,'delivery_way','移交签收',1,0,1,1);
INSERT INTO "county_option" VALUES(69,4,'termination_reason','不符合法规政策',1,0,1,1);
INSERT INTO "county_option" VALUES(70,4,'termination_reason','法规政策调整',2,0,1,1);
INSERT INTO "county_option" VALUES(71,4,'termination_reason','不可抗力',3,0,1,1);
INSERT INTO "county_option" VALUES(72,4,'termination_reason','申请单位申请终止',4,0,1,1);
INSERT INTO "county_option" VALUES(73,4,'termination_reason','申请单位不配合',5,0,1,1);
INSERT INTO "county_option" VALUES(74,4,'termination_reason','弄虚作假',6,0,1,1);
INSERT INTO "county_option" VALUES(75,4,'termination_reason','其他违法违规',7,0,1,1);
INSERT INTO "county_option" VALUES(76,4,'termination_reason','不具备办理（办结）条件',8,0,1,1);
INSERT INTO "county_option" VALUES(77,4,'scale','非常满意',1,0,1,1);
INSERT INTO "county_option" VALUES(78,4,'scale','满意',2,0,1,1);
INSERT INTO "county_option" VALUES(79,4,'scale','基本满意',3,0,1,1);
INSERT INTO "county_option" VALUES(80,4,'scale','不满意',4,0,1,1);
INSERT INTO "county_option" VALUES(81,4,'scale','非常不满意',5,0,1,1);
CREATE TABLE delivery (
	id INTEGER NOT NULL, 
	county_id INTEGER NOT NULL, 
	case_id INTEGER NOT NULL, 
	way_id INTEGER NOT NULL, 
	delivered_on DATE NOT NULL, 
	documents VARCHAR(300) NOT NULL, 
	recipient VARCHAR(30) NOT NULL, 
	tracking_number VARCHAR(40), 
	delivered_by_id INTEGER, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_delivery PRIMARY KEY (id), 
	CONSTRAINT fk_delivery_case_id FOREIGN KEY(case_id) REFERENCES service_case (id), 
	CONSTRAINT fk_delivery_county_id FOREIGN KEY(county_id) REFERENCES county (id), 
	CONSTRAINT fk_delivery_delivered_by_id FOREIGN KEY(delivered_by_id) REFERENCES staff (id), 
	CONSTRAINT fk_delivery_way_id FOREIGN KEY(way_id) REFERENCES county_option (id), 
	CONSTRAINT uq_delivery_case_id UNIQUE (case_id)
);
CREATE TABLE department (
	id INTEGER NOT NULL, 
	county_id INTEGER NOT NULL, 
	name VARCHAR(60) NOT NULL, 
	short_name VARCHAR(20), 
	kind VARCHAR(32) NOT NULL, 
	phone VARCHAR(30), 
	address VARCHAR(200), 
	remark VARCHAR(500), 
	version INTEGER NOT NULL, 
	deleted_at DATETIME, 
	CONSTRAINT pk_department PRIMARY KEY (id), 
	CONSTRAINT fk_department_county_id FOREIGN KEY(county_id) REFERENCES county (id), 
	CONSTRAINT ck_department_kind CHECK (kind IN ('lead', 'approval', 'utility', 'township', 'park', 'section'))
);
INSERT INTO "department" VALUES(1,1,'县政务服务帮办代办工作领导小组办公室','帮办代办办公室','lead',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(2,1,'发展改革委','发改委','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(3,1,'市场监督管理局','市场监管局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(4,1,'公安局','公安局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(5,1,'税务局','税务局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(6,1,'人力资源和社会保障局','人社局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(7,1,'住房公积金管理中心','公积金中心','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(8,1,'合作银行','合作银行','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(9,1,'自然资源局','自然资源局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(10,1,'生态环境分局','生态环境分局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(11,1,'应急管理局','应急管理局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(12,1,'住房和城乡建设局','住建局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(13,1,'人民防空办公室','人防办','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(14,1,'供电公司','供电公司','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(15,1,'自来水公司','自来水公司','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(16,1,'燃气公司','燃气公司','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(17,1,'热力公司','热力公司','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(18,1,'通信运营商','通信运营商','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(19,1,'科工信局','科工信局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(20,1,'温泉街道','温泉街道','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(21,1,'祥云镇','祥云镇','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(22,1,'番田镇','番田镇','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(23,1,'黄庄镇','黄庄镇','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(24,1,'赵堡镇','赵堡镇','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(25,1,'武德镇','武德镇','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(26,1,'温县先进制造业开发区','温县先进制造业开发区','park',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(27,2,'县行政审批和政务信息管理局','行政审批局','lead',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(28,2,'发展改革委','发改委','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(29,2,'市场监督管理局','市场监管局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(30,2,'公安局','公安局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(31,2,'税务局','税务局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(32,2,'人力资源和社会保障局','人社局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(33,2,'住房公积金管理中心','公积金中心','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(34,2,'合作银行','合作银行','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(35,2,'自然资源局','自然资源局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(36,2,'生态环境分局','生态环境分局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(37,2,'应急管理局','应急管理局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(38,2,'住房和城乡建设局','住建局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(39,2,'人民防空办公室','人防办','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(40,2,'供电公司','供电公司','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(41,2,'自来水公司','自来水公司','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(42,2,'燃气公司','燃气公司','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(43,2,'热力公司','热力公司','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(44,2,'通信运营商','通信运营商','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(45,2,'科工局','科工局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(46,2,'木城街道','木城街道','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(47,2,'龙源街道','龙源街道','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(48,2,'詹店镇','詹店镇','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(49,2,'西陶镇','西陶镇','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(50,2,'大封镇','大封镇','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(51,2,'宁郭镇','宁郭镇','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(52,2,'武陟县先进制造业开发区','武陟县先进制造业开发区','park',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(53,3,'政务服务局','政务服务局','lead',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(54,3,'政务服务业务室','政务服务业务室','section',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(55,3,'政务服务督查室','政务服务督查室','section',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(56,3,'政务服务中心','政务服务中心','section',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(57,3,'企业开办股','企业开办股','section',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(58,3,'投资项目审批股','投资项目审批股','section',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(59,3,'工程建设审批股','工程建设审批股','section',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(60,3,'发展改革委','发改委','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(61,3,'市场监督管理局','市场监管局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(62,3,'公安局','公安局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(63,3,'税务局','税务局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(64,3,'人力资源和社会保障局','人社局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(65,3,'住房公积金管理中心','公积金中心','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(66,3,'合作银行','合作银行','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(67,3,'自然资源局','自然资源局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(68,3,'生态环境分局','生态环境分局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(69,3,'应急管理局','应急管理局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(70,3,'住房和城乡建设局','住建局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(71,3,'人民防空办公室','人防办','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(72,3,'供电公司','供电公司','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(73,3,'自来水公司','自来水公司','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(74,3,'燃气公司','燃气公司','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(75,3,'热力公司','热力公司','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(76,3,'通信运营商','通信运营商','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(77,3,'林东镇','林东镇','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(78,3,'隆昌镇','隆昌镇','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(79,3,'十三敖包镇','十三敖包镇','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(80,3,'碧流台镇','碧流台镇','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(81,3,'富河镇','富河镇','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(82,3,'巴林左旗工业园区','巴林左旗工业园区','park',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(83,4,'县政务服务中心','政务服务中心','lead',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(84,4,'发展改革委','发改委','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(85,4,'市场监督管理局','市场监管局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(86,4,'公安局','公安局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(87,4,'税务局','税务局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(88,4,'人力资源和社会保障局','人社局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(89,4,'住房公积金管理中心','公积金中心','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(90,4,'合作银行','合作银行','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(91,4,'自然资源局','自然资源局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(92,4,'生态环境分局','生态环境分局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(93,4,'应急管理局','应急管理局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(94,4,'住房和城乡建设局','住建局','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(95,4,'人民防空办公室','人防办','approval',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(96,4,'供电公司','供电公司','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(97,4,'自来水公司','自来水公司','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(98,4,'燃气公司','燃气公司','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(99,4,'热力公司','热力公司','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(100,4,'通信运营商','通信运营商','utility',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(101,4,'特吾里克镇','特吾里克镇','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(102,4,'塔哈其镇','塔哈其镇','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(103,4,'曲惠镇','曲惠镇','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(104,4,'乌什塔拉回族民族乡','乌什塔拉回族民族乡','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(105,4,'新塔热乡','新塔热乡','township',NULL,NULL,NULL,1,NULL);
INSERT INTO "department" VALUES(106,4,'和硕经济开发区管委会','和硕经济开发区管委会','park',NULL,NULL,NULL,1,NULL);
CREATE TABLE enterprise (
	id INTEGER NOT NULL, 
	county_id INTEGER NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	credit_code VARCHAR(18), 
	industry VARCHAR(40), 
	postcode VARCHAR(6), 
	address VARCHAR(200), 
	principal VARCHAR(30), 
	principal_phone VARCHAR(30), 
	handler VARCHAR(30), 
	handler_phone VARCHAR(30), 
	is_key BOOLEAN NOT NULL, 
	officer_id INTEGER, 
	remark VARCHAR(500), 
	version INTEGER NOT NULL, 
	deleted_at DATETIME, 
	CONSTRAINT pk_enterprise PRIMARY KEY (id), 
	CONSTRAINT fk_enterprise_county_id FOREIGN KEY(county_id) REFERENCES county (id), 
	CONSTRAINT fk_enterprise_officer_id FOREIGN KEY(officer_id) REFERENCES staff (id)
);
CREATE TABLE idempotency_key (
	id INTEGER NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	user_id INTEGER NOT NULL, 
	location VARCHAR(500) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_idempotency_key PRIMARY KEY (id), 
	CONSTRAINT uq_idempotency_key_key UNIQUE ("key")
);
CREATE TABLE key_designation (
	id INTEGER NOT NULL, 
	county_id INTEGER NOT NULL, 
	project_id INTEGER, 
	enterprise_id INTEGER, 
	basis VARCHAR(120) NOT NULL, 
	designated_on DATE NOT NULL, 
	level VARCHAR(32) NOT NULL, 
	decided_by_id INTEGER, 
	valid_until DATE, 
	revoked_on DATE, 
	revoke_reason VARCHAR(200), 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_key_designation PRIMARY KEY (id), 
	CONSTRAINT ck_key_designation_either_target CHECK ((project_id IS NULL) <> (enterprise_id IS NULL)), 
	CONSTRAINT ck_key_designation_revoked_after CHECK (revoked_on IS NULL OR revoked_on >= designated_on), 
	CONSTRAINT ck_key_designation_valid_after CHECK (valid_until IS NULL OR valid_until >= designated_on), 
	CONSTRAINT fk_key_designation_county_id FOREIGN KEY(county_id) REFERENCES county (id), 
	CONSTRAINT fk_key_designation_decided_by_id FOREIGN KEY(decided_by_id) REFERENCES department (id), 
	CONSTRAINT fk_key_designation_enterprise_id FOREIGN KEY(enterprise_id) REFERENCES enterprise (id), 
	CONSTRAINT fk_key_designation_project_id FOREIGN KEY(project_id) REFERENCES project (id), 
	CONSTRAINT ck_key_designation_level CHECK (level IN ('province', 'city', 'county'))
);
CREATE TABLE ledger_entry (
	id INTEGER NOT NULL, 
	county_id INTEGER NOT NULL, 
	month_id INTEGER NOT NULL, 
	case_id INTEGER, 
	number VARCHAR(60), 
	accepted_on DATE, 
	channel VARCHAR(40), 
	mode VARCHAR(40), 
	applicant VARCHAR(100) NOT NULL, 
	handler VARCHAR(30), 
	phone VARCHAR(30), 
	project_name VARCHAR(120), 
	project_code VARCHAR(30), 
	investment BIGINT, 
	is_key BOOLEAN NOT NULL, 
	category VARCHAR(60), 
	items VARCHAR(500), 
	departments VARCHAR(500), 
	agent VARCHAR(30), 
	officer VARCHAR(30), 
	"limit" VARCHAR(40), 
	due_on DATE, 
	state VARCHAR(20), 
	progress VARCHAR(500), 
	approved_on DATE, 
	delivery VARCHAR(60), 
	closed_on DATE, 
	overdue BOOLEAN NOT NULL, 
	rating VARCHAR(40), 
	remark VARCHAR(500), 
	outcome VARCHAR(32) NOT NULL, 
	received_here BOOLEAN NOT NULL, 
	late BOOLEAN NOT NULL, 
	handwritten BOOLEAN NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_ledger_entry PRIMARY KEY (id), 
	CONSTRAINT fk_ledger_entry_case_id FOREIGN KEY(case_id) REFERENCES service_case (id), 
	CONSTRAINT fk_ledger_entry_county_id FOREIGN KEY(county_id) REFERENCES county (id), 
	CONSTRAINT fk_ledger_entry_month_id FOREIGN KEY(month_id) REFERENCES ledger_month (id), 
	CONSTRAINT ck_ledger_entry_outcome CHECK (outcome IN ('open', 'closed', 'terminated'))
);
CREATE TABLE ledger_file (
	id INTEGER NOT NULL, 
	county_id INTEGER NOT NULL, 
	month_id INTEGER NOT NULL, 
	name VARCHAR(120) NOT NULL, 
	content BLOB NOT NULL, 
	CONSTRAINT pk_ledger_file PRIMARY KEY (id), 
	CONSTRAINT fk_ledger_file_county_id FOREIGN KEY(county_id) REFERENCES county (id), 
	CONSTRAINT fk_ledger_file_month_id FOREIGN KEY(month_id) REFERENCES ledger_month (id), 
	CONSTRAINT uq_ledger_file_month_id UNIQUE (month_id)
);
CREATE TABLE ledger_month (
	id INTEGER NOT NULL, 
	county_id INTEGER NOT NULL, 
	month VARCHAR(7) NOT NULL, 
	state VARCHAR(32) NOT NULL, 
	refreshed_at DATETIME, 
	locked_at DATETIME, 
	locked_by_id INTEGER, 
	sha256 VARCHAR(64), 
	remark VARCHAR(500), 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_ledger_month PRIMARY KEY (id), 
	CONSTRAINT ck_ledger_month_locked_has_time CHECK ((state = 'locked') = (locked_at IS NOT NULL)), 
	CONSTRAINT ck_ledger_month_month_yyyy_mm CHECK (length(month) = 7), 
	CONSTRAINT fk_ledger_month_county_id FOREIGN KEY(county_id) REFERENCES county (id), 
	CONSTRAINT fk_ledger_month_locked_by_id FOREIGN KEY(locked_by_id) REFERENCES user (id), 
	CONSTRAINT uq_ledger_month_county_id_month UNIQUE (county_id, month), 
	CONSTRAINT ck_ledger_month_state CHECK (state IN ('open', 'locked'))
);
CREATE TABLE number_sequence (
	id INTEGER NOT NULL, 
	county_id INTEGER NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	year INTEGER NOT NULL, 
	next_value INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_number_sequence PRIMARY KEY (id), 
	CONSTRAINT ck_number_sequence_next_positive CHECK (next_value >= 1), 
	CONSTRAINT fk_number_sequence_county_id FOREIGN KEY(county_id) REFERENCES county (id), 
	CONSTRAINT uq_number_sequence_county_id_kind_year UNIQUE (county_id, kind, year), 
	CONSTRAINT ck_number_sequence_kind CHECK (kind IN ('case', 'completion', 'termination'))
);
CREATE TABLE project (
	id INTEGER NOT NULL, 
	county_id INTEGER NOT NULL, 
	name VARCHAR(120) NOT NULL, 
	code VARCHAR(30), 
	enterprise_id INTEGER NOT NULL, 
	investment BIGINT, 
	scale VARCHAR(300), 
	address VARCHAR(200), 
	funding VARCHAR(32), 
	land VARCHAR(32), 
	is_key BOOLEAN NOT NULL, 
	officer_id INTEGER, 
	started BOOLEAN NOT NULL, 
	promoted BOOLEAN NOT NULL, 
	industry_kind VARCHAR(40), 
	authority VARCHAR(20), 
	major_plan VARCHAR(20), 
	restricted BOOLEAN NOT NULL, 
	remark VARCHAR(500), 
	version INTEGER NOT NULL, 
	deleted_at DATETIME, 
	CONSTRAINT pk_project PRIMARY KEY (id), 
	CONSTRAINT ck_project_investment_not_negative CHECK (investment >= 0), 
	CONSTRAINT fk_project_county_id FOREIGN KEY(county_id) REFERENCES county (id), 
	CONSTRAINT fk_project_enterprise_id FOREIGN KEY(enterprise_id) REFERENCES enterprise (id), 
	CONSTRAINT fk_project_officer_id FOREIGN KEY(officer_id) REFERENCES staff (id), 
	CONSTRAINT ck_project_funding CHECK (funding IN ('government', 'domestic', 'foreign', 'other')), 
	CONSTRAINT ck_project_land CHECK (land IN ('allocated', 'granted'))
);
CREATE TABLE service_case (
	id INTEGER NOT NULL, 
	county_id INTEGER NOT NULL, 
	number VARCHAR(60), 
	matter VARCHAR(120) NOT NULL, 
	state VARCHAR(32) NOT NULL, 
	enterprise_id INTEGER, 
	applicant_name VARCHAR(30), 
	applicant_phone VARCHAR(30), 
	project_id INTEGER, 
	channel_id INTEGER NOT NULL, 
	mode_id INTEGER NOT NULL, 
	form VARCHAR(32), 
	scope VARCHAR(32) NOT NULL, 
	green_channel BOOLEAN NOT NULL, 
	first_contact VARCHAR(30), 
	proof_received BOOLEAN NOT NULL, 
	commitment_signed BOOLEAN NOT NULL, 
	agreement_signed BOOLEAN NOT NULL, 
	materials_handed BOOLEAN NOT NULL, 
	agent_id INTEGER, 
	officer_id INTEGER, 
	submitted_on DATE, 
	accepted_on DATE, 
	assigned_on DATE, 
	due_on DATE, 
	due_provisional BOOLEAN NOT NULL, 
	approved_on DATE, 
	delivered_on DATE, 
	ended_on DATE, 
	archived_on DATE, 
	rating_id INTEGER, 
	refusal VARCHAR(200), 
	remark VARCHAR(500), 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_service_case PRIMARY KEY (id), 
	CONSTRAINT ck_service_case_has_applicant CHECK (enterprise_id IS NOT NULL OR applicant_name IS NOT NULL), 
	CONSTRAINT fk_service_case_agent_id FOREIGN KEY(agent_id) REFERENCES staff (id), 
	CONSTRAINT fk_service_case_channel_id FOREIGN KEY(channel_id) REFERENCES county_option (id), 
	CONSTRAINT fk_service_case_county_id FOREIGN KEY(county_id) REFERENCES county (id), 
	CONSTRAINT fk_service_case_enterprise_id FOREIGN KEY(enterprise_id) REFERENCES enterprise (id), 
	CONSTRAINT fk_service_case_mode_id FOREIGN KEY(mode_id) REFERENCES county_option (id), 
	CONSTRAINT fk_service_case_officer_id FOREIGN KEY(officer_id) REFERENCES staff (id), 
	CONSTRAINT fk_service_case_project_id FOREIGN KEY(project_id) REFERENCES project (id), 
	CONSTRAINT fk_service_case_rating_id FOREIGN KEY(rating_id) REFERENCES county_option (id), 
	CONSTRAINT uq_service_case_county_id_number UNIQUE (county_id, number), 
	CONSTRAINT ck_service_case_state CHECK (state IN ('draft', 'submitted', 'supplement', 'accepted', 'in_progress', 'approved', 'delivered', 'closed', 'evaluated', 'archived', 'rejected', 'withdrawn', 'terminated')), 
	CONSTRAINT ck_service_case_form CHECK (form IN ('accompany', 'act_for')), 
	CONSTRAINT ck_service_case_scope CHECK (scope IN ('all', 'part'))
);
CREATE TABLE service_item (
	id INTEGER NOT NULL, 
	county_id INTEGER NOT NULL, 
	name VARCHAR(60) NOT NULL, 
	category VARCHAR(32) NOT NULL, 
	department_id INTEGER NOT NULL, 
	limit_days INTEGER NOT NULL, 
	limit_kind VARCHAR(32) NOT NULL, 
	liaison_id INTEGER, 
	illustrative BOOLEAN NOT NULL, 
	origin VARCHAR(60), 
	position INTEGER NOT NULL, 
	active BOOLEAN NOT NULL, 
	version INTEGER NOT NULL, 
	deleted_at DATETIME, 
	CONSTRAINT pk_service_item PRIMARY KEY (id), 
	CONSTRAINT ck_service_item_limit_days_range CHECK (limit_days BETWEEN 1 AND 3650), 
	CONSTRAINT fk_service_item_county_id FOREIGN KEY(county_id) REFERENCES county (id), 
	CONSTRAINT fk_service_item_department_id FOREIGN KEY(department_id) REFERENCES department (id), 
	CONSTRAINT fk_service_item_liaison_id FOREIGN KEY(liaison_id) REFERENCES staff (id), 
	CONSTRAINT ck_service_item_category CHECK (category IN ('starting', 'building', 'utilities', 'other')), 
	CONSTRAINT ck_service_item_limit_kind CHECK (limit_kind IN ('working', 'calendar'))
);
INSERT INTO "service_item" VALUES(1,1,'企业登记','starting',3,1,'working',119,1,'取自武陟县实施方案附件2',1,1,2,NULL);
INSERT INTO "service_item" VALUES(2,1,'公章刻制','starting',4,1,'working',122,1,'取自武陟县实施方案附件2',2,1,2,NULL);
INSERT INTO "service_item" VALUES(3,1,'申领发票和税控设备','starting',5,1,'working',124,1,'取自武陟县实施方案附件2',3,1,2,NULL);
INSERT INTO "service_item" VALUES(4,1,'参保登记','starting',6,1,'working',126,1,'取自武陟县实施方案附件2',4,1,2,NULL);
INSERT INTO "service_item" VALUES(5,1,'银行开户','starting',8,1,'working',130,1,'取自武陟县实施方案附件2',5,1,2,NULL);
INSERT INTO "service_item" VALUES(6,1,'公积金登记','starting',7,1,'working',128,1,'取自武陟县实施方案附件2',6,1,2,NULL);
INSERT INTO "service_item" VALUES(7,1,'项目立项','building',2,3,'working',116,1,'取自武陟县实施方案附件2',7,1,2,NULL);
INSERT INTO "service_item" VALUES(8,1,'规划','building',9,20,'working',132,1,'取自武陟县实施方案附件2',8,1,2,NULL);
INSERT INTO "service_item" VALUES(9,1,'能评','building',2,20,'working',116,1,'取自武陟县实施方案附件2',9,1,2,NULL);
INSERT INTO "service_item" VALUES(10,1,'环评','building',10,30,'calendar',135,1,'取自武陟县实施方案附件2',10,1,2,NULL);
INSERT INTO "service_item" VALUES(11,1,'安评','building',11,20,'working',137,1,'取自武陟县实施方案附件2',11,1,2,NULL);
INSERT INTO "service_item" VALUES(12,1,'消防','building',12,15,'working',NULL,1,'取自武陟县实施方案附件2',12,1,1,NULL);
INSERT INTO "service_item" VALUES(13,1,'人防','building',13,20,'working',144,1,'取自武陟县实施方案附件2',13,1,2,NULL);
INSERT INTO "service_item" VALUES(14,1,'施工监管','building',12,7,'calendar',NULL,1,'取自武陟县实施方案附件2',14,1,1,NULL);
INSERT INTO "service_item" VALUES(15,1,'验收','building',12,15,'working',NULL,1,'取自武陟县实施方案附件2',15,1,1,NULL);
INSERT INTO "service_item" VALUES(16,1,'供电','utilities',14,5,'working',146,1,'取自武陟县实施方案附件2',16,1,2,NULL);
INSERT INTO "service_item" VALUES(17,1,'供水','utilities',15,5,'working',148,1,'取自武陟县实施方案附件2',17,1,2,NULL);
INSERT INTO "service_item" VALUES(18,1,'供气','utilities',16,5,'working',150,1,'取自武陟县实施方案附件2',18,1,2,NULL);
INSERT INTO "service_item" VALUES(19,1,'供暖','utilities',17,8,'working',152,1,'取自武陟县实施方案附件2',19,1,2,NULL);
INSERT INTO "service_item" VALUES(20,1,'通信','utilities',18,5,'working',154,1,'取自武陟县实施方案附件2',20,1,2,NULL);
INSERT INTO "service_item" VALUES(21,1,'网络','utilities',18,5,'working',154,1,'取自武陟县实施方案附件2',21,1,2,NULL);
CREATE TABLE staff (
	id INTEGER NOT NULL, 
	county_id INTEGER NOT NULL, 
	kind VARCHAR(24) NOT NULL, 
	name VARCHAR(30) NOT NULL, 
	department_id INTEGER NOT NULL, 
	position VARCHAR(40), 
	phone VARCHAR(30), 
	active BOOLEAN NOT NULL, 
	remark VARCHAR(500), 
	version INTEGER NOT NULL, 
	deleted_at DATETIME, 
	employment VARCHAR(32), 
	CONSTRAINT pk_staff PRIMARY KEY (id), 
	CONSTRAINT ck_staff_kind_known CHECK (kind IN ('chief_service_officer', 'general_agent', 'department_liaison', 'department_leader')), 
	CONSTRAINT fk_staff_county_id FOREIGN KEY(county_id) REFERENCES county (id), 
	CONSTRAINT fk_staff_department_id FOREIGN KEY(department_id) REFERENCES department (id), 
	CONSTRAINT ck_staff_employment CHECK (employment IN ('full', 'part'))
);
INSERT INTO "staff" VALUES(1,3,'general_agent','代办帮办人员甲',54,'工作人员','0476-7290001',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(2,3,'general_agent','代办帮办人员乙',55,'工作人员','19900003002',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(3,3,'general_agent','代办帮办人员丙',56,'工作人员','19900003003',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(4,3,'general_agent','代办帮办人员丁',57,'工作人员','19900003004',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(5,3,'general_agent','代办帮办人员戊',58,'工作人员','19900003005',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(6,3,'general_agent','代办帮办人员己',59,'工作人员','0476-7290006',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(7,3,'department_leader','责任领导甲',60,'分管负责人','19900003007',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(8,3,'department_liaison','专办员甲',60,'工作人员','19900003008',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(9,3,'department_liaison','专办员乙',60,'工作人员','19900003009',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(10,3,'department_leader','责任领导乙',61,'分管负责人','19900003010',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(11,3,'department_liaison','专办员丙',61,'工作人员','0476-7290011',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(12,3,'department_liaison','专办员丁',61,'工作人员','19900003012',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(13,3,'department_leader','责任领导丙',62,'分管负责人','19900003013',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(14,3,'department_liaison','专办员戊',62,'工作人员','19900003014',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(15,3,'department_leader','责任领导丁',63,'分管负责人','19900003015',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(16,3,'department_liaison','专办员己',63,'工作人员','0476-7290016',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(17,3,'department_leader','责任领导戊',64,'分管负责人','19900003017',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(18,3,'department_liaison','专办员庚',64,'工作人员','19900003018',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(19,3,'department_leader','责任领导己',65,'分管负责人','19900003019',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(20,3,'department_liaison','专办员辛',65,'工作人员','19900003020',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(21,3,'department_leader','责任领导庚',66,'分管负责人','0476-7290021',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(22,3,'department_liaison','专办员壬',66,'工作人员','19900003022',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(23,3,'department_leader','责任领导辛',67,'分管负责人','19900003023',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(24,3,'department_liaison','专办员癸',67,'工作人员','19900003024',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(25,3,'department_liaison','专办员甲1',67,'工作人员','19900003025',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(26,3,'department_leader','责任领导壬',68,'分管负责人','0476-7290026',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(27,3,'department_liaison','专办员乙1',68,'工作人员','19900003027',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(28,3,'department_leader','责任领导癸',69,'分管负责人','19900003028',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(29,3,'department_liaison','专办员丙1',69,'工作人员','19900003029',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(30,3,'department_leader','责任领导甲1',70,'分管负责人','19900003030',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(31,3,'department_liaison','专办员丁1',70,'工作人员','0476-7290031',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(32,3,'department_liaison','专办员戊1',70,'工作人员','19900003032',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(33,3,'department_liaison','专办员己1',70,'工作人员','19900003033',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(34,3,'department_liaison','专办员庚1',70,'工作人员','19900003034',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(35,3,'department_leader','责任领导乙1',71,'分管负责人','19900003035',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(36,3,'department_liaison','专办员辛1',71,'工作人员','0476-7290036',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(37,3,'department_leader','责任领导丙1',72,'分管负责人','19900003037',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(38,3,'department_liaison','专办员壬1',72,'工作人员','19900003038',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(39,3,'department_leader','责任领导丁1',73,'分管负责人','19900003039',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(40,3,'department_liaison','专办员癸1',73,'工作人员','19900003040',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(41,3,'department_leader','责任领导戊1',74,'分管负责人','0476-7290041',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(42,3,'department_liaison','专办员甲2',74,'工作人员','19900003042',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(43,3,'department_leader','责任领导己1',75,'分管负责人','19900003043',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(44,3,'department_liaison','专办员乙2',75,'工作人员','19900003044',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(45,3,'department_leader','责任领导庚1',76,'分管负责人','19900003045',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(46,3,'department_liaison','专办员丙2',76,'工作人员','0476-7290046',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(47,2,'general_agent','全科代办员甲',27,'工作人员','0391-7290001',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(48,2,'general_agent','全科代办员乙',27,'工作人员','19900002002',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(49,2,'general_agent','全科代办员丙',27,'工作人员','19900002003',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(50,2,'general_agent','全科代办员丁',27,'工作人员','19900002004',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(51,2,'general_agent','全科代办员戊',27,'工作人员','19900002005',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(52,2,'general_agent','全科代办员己',27,'工作人员','0391-7290006',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(53,2,'department_leader','责任领导甲',28,'分管负责人','19900002007',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(54,2,'department_liaison','专办员甲',28,'工作人员','19900002008',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(55,2,'department_liaison','专办员乙',28,'工作人员','19900002009',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(56,2,'department_leader','责任领导乙',29,'分管负责人','19900002010',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(57,2,'department_liaison','专办员丙',29,'工作人员','0391-7290011',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(58,2,'department_liaison','专办员丁',29,'工作人员','19900002012',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(59,2,'department_leader','责任领导丙',30,'分管负责人','19900002013',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(60,2,'department_liaison','专办员戊',30,'工作人员','19900002014',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(61,2,'department_leader','责任领导丁',31,'分管负责人','19900002015',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(62,2,'department_liaison','专办员己',31,'工作人员','0391-7290016',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(63,2,'department_leader','责任领导戊',32,'分管负责人','19900002017',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(64,2,'department_liaison','专办员庚',32,'工作人员','19900002018',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(65,2,'department_leader','责任领导己',33,'分管负责人','19900002019',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(66,2,'department_liaison','专办员辛',33,'工作人员','19900002020',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(67,2,'department_leader','责任领导庚',34,'分管负责人','0391-7290021',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(68,2,'department_liaison','专办员壬',34,'工作人员','19900002022',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(69,2,'department_leader','责任领导辛',35,'分管负责人','19900002023',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(70,2,'department_liaison','专办员癸',35,'工作人员','19900002024',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(71,2,'department_liaison','专办员甲1',35,'工作人员','19900002025',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(72,2,'department_leader','责任领导壬',36,'分管负责人','0391-7290026',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(73,2,'department_liaison','专办员乙1',36,'工作人员','19900002027',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(74,2,'department_leader','责任领导癸',37,'分管负责人','19900002028',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(75,2,'department_liaison','专办员丙1',37,'工作人员','19900002029',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(76,2,'department_leader','责任领导甲1',38,'分管负责人','19900002030',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(77,2,'department_liaison','专办员丁1',38,'工作人员','0391-7290031',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(78,2,'department_liaison','专办员戊1',38,'工作人员','19900002032',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(79,2,'department_liaison','专办员己1',38,'工作人员','19900002033',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(80,2,'department_liaison','专办员庚1',38,'工作人员','19900002034',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(81,2,'department_leader','责任领导乙1',39,'分管负责人','19900002035',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(82,2,'department_liaison','专办员辛1',39,'工作人员','0391-7290036',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(83,2,'department_leader','责任领导丙1',40,'分管负责人','19900002037',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(84,2,'department_liaison','专办员壬1',40,'工作人员','19900002038',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(85,2,'department_leader','责任领导丁1',41,'分管负责人','19900002039',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(86,2,'department_liaison','专办员癸1',41,'工作人员','19900002040',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(87,2,'department_leader','责任领导戊1',42,'分管负责人','0391-7290041',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(88,2,'department_liaison','专办员甲2',42,'工作人员','19900002042',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(89,2,'department_leader','责任领导己1',43,'分管负责人','19900002043',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(90,2,'department_liaison','专办员乙2',43,'工作人员','19900002044',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(91,2,'department_leader','责任领导庚1',44,'分管负责人','19900002045',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(92,2,'department_liaison','专办员丙2',44,'工作人员','0391-7290046',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(93,2,'department_leader','责任领导辛1',45,'分管负责人','19900002047',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(94,2,'department_liaison','专办员丁2',45,'工作人员','19900002048',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(95,2,'chief_service_officer','首席服务员甲',28,'局长','19900002049',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(96,2,'chief_service_officer','首席服务员乙',37,'副局长','19900002050',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(97,2,'chief_service_officer','首席服务员丙',49,'副职领导','0391-7290051',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(98,2,'chief_service_officer','首席服务员丁',31,'党组成员','19900002052',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(99,2,'chief_service_officer','首席服务员戊',45,'主任','19900002053',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(100,2,'chief_service_officer','首席服务员己',52,'副职领导','19900002054',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(101,2,'chief_service_officer','首席服务员庚',36,'副局长','19900002055',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(102,2,'chief_service_officer','首席服务员辛',48,'副职领导','0391-7290056',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(103,2,'chief_service_officer','首席服务员壬',30,'党组成员','19900002057',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(104,2,'chief_service_officer','首席服务员癸',39,'主任','19900002058',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(105,2,'chief_service_officer','首席服务员甲1',51,'副职领导','19900002059',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(106,2,'chief_service_officer','首席服务员乙1',35,'副局长','19900002060',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(107,2,'chief_service_officer','首席服务员丙1',47,'副职领导','0391-7290061',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(108,2,'chief_service_officer','首席服务员丁1',29,'党组成员','19900002062',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(109,1,'general_agent','全科代办员甲',1,'工作人员','0391-7290001',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(110,1,'general_agent','全科代办员乙',1,'工作人员','19900001002',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(111,1,'general_agent','全科代办员丙',1,'工作人员','19900001003',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(112,1,'general_agent','全科代办员丁',1,'工作人员','19900001004',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(113,1,'general_agent','全科代办员戊',1,'工作人员','19900001005',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(114,1,'general_agent','全科代办员己',1,'工作人员','0391-7290006',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(115,1,'department_leader','责任领导甲',2,'分管负责人','19900001007',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(116,1,'department_liaison','专办员甲',2,'工作人员','19900001008',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(117,1,'department_liaison','专办员乙',2,'工作人员','19900001009',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(118,1,'department_leader','责任领导乙',3,'分管负责人','19900001010',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(119,1,'department_liaison','专办员丙',3,'工作人员','0391-7290011',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(120,1,'department_liaison','专办员丁',3,'工作人员','19900001012',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(121,1,'department_leader','责任领导丙',4,'分管负责人','19900001013',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(122,1,'department_liaison','专办员戊',4,'工作人员','19900001014',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(123,1,'department_leader','责任领导丁',5,'分管负责人','19900001015',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(124,1,'department_liaison','专办员己',5,'工作人员','0391-7290016',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(125,1,'department_leader','责任领导戊',6,'分管负责人','19900001017',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(126,1,'department_liaison','专办员庚',6,'工作人员','19900001018',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(127,1,'department_leader','责任领导己',7,'分管负责人','19900001019',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(128,1,'department_liaison','专办员辛',7,'工作人员','19900001020',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(129,1,'department_leader','责任领导庚',8,'分管负责人','0391-7290021',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(130,1,'department_liaison','专办员壬',8,'工作人员','19900001022',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(131,1,'department_leader','责任领导辛',9,'分管负责人','19900001023',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(132,1,'department_liaison','专办员癸',9,'工作人员','19900001024',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(133,1,'department_liaison','专办员甲1',9,'工作人员','19900001025',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(134,1,'department_leader','责任领导壬',10,'分管负责人','0391-7290026',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(135,1,'department_liaison','专办员乙1',10,'工作人员','19900001027',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(136,1,'department_leader','责任领导癸',11,'分管负责人','19900001028',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(137,1,'department_liaison','专办员丙1',11,'工作人员','19900001029',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(138,1,'department_leader','责任领导甲1',12,'分管负责人','19900001030',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(139,1,'department_liaison','专办员丁1',12,'工作人员','0391-7290031',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(140,1,'department_liaison','专办员戊1',12,'工作人员','19900001032',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(141,1,'department_liaison','专办员己1',12,'工作人员','19900001033',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(142,1,'department_liaison','专办员庚1',12,'工作人员','19900001034',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(143,1,'department_leader','责任领导乙1',13,'分管负责人','19900001035',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(144,1,'department_liaison','专办员辛1',13,'工作人员','0391-7290036',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(145,1,'department_leader','责任领导丙1',14,'分管负责人','19900001037',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(146,1,'department_liaison','专办员壬1',14,'工作人员','19900001038',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(147,1,'department_leader','责任领导丁1',15,'分管负责人','19900001039',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(148,1,'department_liaison','专办员癸1',15,'工作人员','19900001040',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(149,1,'department_leader','责任领导戊1',16,'分管负责人','0391-7290041',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(150,1,'department_liaison','专办员甲2',16,'工作人员','19900001042',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(151,1,'department_leader','责任领导己1',17,'分管负责人','19900001043',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(152,1,'department_liaison','专办员乙2',17,'工作人员','19900001044',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(153,1,'department_leader','责任领导庚1',18,'分管负责人','19900001045',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(154,1,'department_liaison','专办员丙2',18,'工作人员','0391-7290046',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(155,1,'department_leader','责任领导辛1',19,'分管负责人','19900001047',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(156,1,'department_liaison','专办员丁2',19,'工作人员','19900001048',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(157,1,'chief_service_officer','首席服务员甲',2,'局长','19900001049',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(158,1,'chief_service_officer','首席服务员乙',11,'副局长','19900001050',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(159,1,'chief_service_officer','首席服务员丙',23,'副职领导','0391-7290051',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(160,1,'chief_service_officer','首席服务员丁',5,'党组成员','19900001052',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(161,1,'chief_service_officer','首席服务员戊',19,'主任','19900001053',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(162,1,'chief_service_officer','首席服务员己',26,'副职领导','19900001054',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(163,1,'chief_service_officer','首席服务员庚',10,'副局长','19900001055',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(164,1,'chief_service_officer','首席服务员辛',22,'副职领导','0391-7290056',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(165,1,'chief_service_officer','首席服务员壬',4,'党组成员','19900001057',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(166,1,'chief_service_officer','首席服务员癸',13,'主任','19900001058',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(167,1,'chief_service_officer','首席服务员甲1',25,'副职领导','19900001059',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(168,1,'chief_service_officer','首席服务员乙1',9,'副局长','19900001060',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(169,1,'chief_service_officer','首席服务员丙1',21,'副职领导','0391-7290061',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(170,1,'chief_service_officer','首席服务员丁1',3,'党组成员','19900001062',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(171,4,'general_agent','帮代办专员甲',83,'工作人员','0996-7290001',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(172,4,'general_agent','帮代办专员乙',83,'工作人员','19900004002',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(173,4,'general_agent','帮代办专员丙',83,'工作人员','19900004003',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(174,4,'general_agent','帮代办专员丁',83,'工作人员','19900004004',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(175,4,'general_agent','帮代办专员戊',83,'工作人员','19900004005',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(176,4,'general_agent','帮代办专员己',83,'工作人员','0996-7290006',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(177,4,'department_leader','责任领导甲',84,'分管负责人','19900004007',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(178,4,'department_liaison','专办员甲',84,'工作人员','19900004008',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(179,4,'department_liaison','专办员乙',84,'工作人员','19900004009',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(180,4,'department_leader','责任领导乙',85,'分管负责人','19900004010',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(181,4,'department_liaison','专办员丙',85,'工作人员','0996-7290011',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(182,4,'department_liaison','专办员丁',85,'工作人员','19900004012',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(183,4,'department_leader','责任领导丙',86,'分管负责人','19900004013',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(184,4,'department_liaison','专办员戊',86,'工作人员','19900004014',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(185,4,'department_leader','责任领导丁',87,'分管负责人','19900004015',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(186,4,'department_liaison','专办员己',87,'工作人员','0996-7290016',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(187,4,'department_leader','责任领导戊',88,'分管负责人','19900004017',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(188,4,'department_liaison','专办员庚',88,'工作人员','19900004018',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(189,4,'department_leader','责任领导己',89,'分管负责人','19900004019',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(190,4,'department_liaison','专办员辛',89,'工作人员','19900004020',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(191,4,'department_leader','责任领导庚',90,'分管负责人','0996-7290021',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(192,4,'department_liaison','专办员壬',90,'工作人员','19900004022',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(193,4,'department_leader','责任领导辛',91,'分管负责人','19900004023',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(194,4,'department_liaison','专办员癸',91,'工作人员','19900004024',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(195,4,'department_liaison','专办员甲1',91,'工作人员','19900004025',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(196,4,'department_leader','责任领导壬',92,'分管负责人','0996-7290026',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(197,4,'department_liaison','专办员乙1',92,'工作人员','19900004027',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(198,4,'department_leader','责任领导癸',93,'分管负责人','19900004028',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(199,4,'department_liaison','专办员丙1',93,'工作人员','19900004029',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(200,4,'department_leader','责任领导甲1',94,'分管负责人','19900004030',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(201,4,'department_liaison','专办员丁1',94,'工作人员','0996-7290031',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(202,4,'department_liaison','专办员戊1',94,'工作人员','19900004032',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(203,4,'department_liaison','专办员己1',94,'工作人员','19900004033',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(204,4,'department_liaison','专办员庚1',94,'工作人员','19900004034',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(205,4,'department_leader','责任领导乙1',95,'分管负责人','19900004035',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(206,4,'department_liaison','专办员辛1',95,'工作人员','0996-7290036',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(207,4,'department_leader','责任领导丙1',96,'分管负责人','19900004037',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(208,4,'department_liaison','专办员壬1',96,'工作人员','19900004038',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(209,4,'department_leader','责任领导丁1',97,'分管负责人','19900004039',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(210,4,'department_liaison','专办员癸1',97,'工作人员','19900004040',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(211,4,'department_leader','责任领导戊1',98,'分管负责人','0996-7290041',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(212,4,'department_liaison','专办员甲2',98,'工作人员','19900004042',1,NULL,1,NULL,'part');
INSERT INTO "staff" VALUES(213,4,'department_leader','责任领导己1',99,'分管负责人','19900004043',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(214,4,'department_liaison','专办员乙2',99,'工作人员','19900004044',1,NULL,1,NULL,'full');
INSERT INTO "staff" VALUES(215,4,'department_leader','责任领导庚1',100,'分管负责人','19900004045',1,NULL,1,NULL,NULL);
INSERT INTO "staff" VALUES(216,4,'department_liaison','专办员丙2',100,'工作人员','0996-7290046',1,NULL,1,NULL,'part');
CREATE TABLE supervised_county (
	id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	county_id INTEGER NOT NULL, 
	CONSTRAINT pk_supervised_county PRIMARY KEY (id), 
	CONSTRAINT fk_supervised_county_county_id FOREIGN KEY(county_id) REFERENCES county (id), 
	CONSTRAINT fk_supervised_county_user_id FOREIGN KEY(user_id) REFERENCES user (id), 
	CONSTRAINT uq_supervised_county_user_id_county_id UNIQUE (user_id, county_id)
);
INSERT INTO "supervised_county" VALUES(1,31,1);
INSERT INTO "supervised_county" VALUES(2,31,2);
CREATE TABLE termination (
	id INTEGER NOT NULL, 
	county_id INTEGER NOT NULL, 
	number VARCHAR(60) NOT NULL, 
	case_id INTEGER NOT NULL, 
	terminated_on DATE NOT NULL, 
	reason_id INTEGER NOT NULL, 
	explanation VARCHAR(300), 
	one_sided BOOLEAN NOT NULL, 
	returned VARCHAR(300), 
	handler VARCHAR(30), 
	ended_by_id INTEGER, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_termination PRIMARY KEY (id), 
	CONSTRAINT fk_termination_case_id FOREIGN KEY(case_id) REFERENCES service_case (id), 
	CONSTRAINT fk_termination_county_id FOREIGN KEY(county_id) REFERENCES county (id), 
	CONSTRAINT fk_termination_ended_by_id FOREIGN KEY(ended_by_id) REFERENCES staff (id), 
	CONSTRAINT fk_termination_reason_id FOREIGN KEY(reason_id) REFERENCES county_option (id), 
	CONSTRAINT uq_termination_case_id UNIQUE (case_id), 
	CONSTRAINT uq_termination_county_id_number UNIQUE (county_id, number)
);
CREATE TABLE user (
	id INTEGER NOT NULL, 
	username VARCHAR(60) NOT NULL, 
	display_name VARCHAR(30) NOT NULL, 
	role VARCHAR(32), 
	county_id INTEGER, 
	department_id INTEGER, 
	staff_id INTEGER, 
	keeps VARCHAR(32), 
	active BOOLEAN NOT NULL, 
	must_change_password BOOLEAN NOT NULL, 
	password_hash VARCHAR(200) NOT NULL, 
	session_epoch INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_user PRIMARY KEY (id), 
	CONSTRAINT fk_user_county_id FOREIGN KEY(county_id) REFERENCES county (id), 
	CONSTRAINT fk_user_department_id FOREIGN KEY(department_id) REFERENCES department (id), 
	CONSTRAINT fk_user_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id), 
	CONSTRAINT uq_user_username UNIQUE (username), 
	CONSTRAINT ck_user_role CHECK (role IN ('lead_office', 'list_keeper', 'dept_leader', 'agent', 'window_clerk', 'chief_officer', 'liaison', 'inspector', 'supervisor', 'sysadmin', 'secadmin', 'auditor')), 
	CONSTRAINT ck_user_keeps CHECK (keeps IN ('project', 'enterprise'))
);
INSERT INTO "user" VALUES(1,'wenxian.office','领导小组办公室甲','lead_office',1,1,NULL,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(2,'wenxian.leader','责任领导甲1','dept_leader',1,12,138,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(3,'wenxian.agent','全科代办员甲','agent',1,1,109,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(4,'wenxian.window','综合窗口甲','window_clerk',1,1,NULL,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(5,'wenxian.liaison','专办员丁1','liaison',1,12,139,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(6,'wenxian.inspector','督查员甲','inspector',1,1,NULL,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(7,'wenxian.officer','首席服务员甲','chief_officer',1,2,157,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(8,'wenxian.fgw','发展改革委名单管理员','list_keeper',1,2,NULL,'project',1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(9,'wenxian.kgxj','科工信局名单管理员','list_keeper',1,19,NULL,'enterprise',1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(10,'wuzhi.office','领导小组办公室甲','lead_office',2,27,NULL,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(11,'wuzhi.leader','责任领导甲1','dept_leader',2,38,76,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(12,'wuzhi.agent','全科代办员甲','agent',2,27,47,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(13,'wuzhi.window','综合窗口甲','window_clerk',2,27,NULL,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(14,'wuzhi.liaison','专办员丁1','liaison',2,38,77,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(15,'wuzhi.inspector','督查员甲','inspector',2,27,NULL,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(16,'wuzhi.officer','首席服务员甲','chief_officer',2,28,95,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(17,'wuzhi.fgw','发展改革委名单管理员','list_keeper',2,28,NULL,'project',1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(18,'wuzhi.kgj','科工局名单管理员','list_keeper',2,45,NULL,'enterprise',1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(19,'balinzuoqi.office','领导小组办公室甲','lead_office',3,53,NULL,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(20,'balinzuoqi.leader','责任领导甲1','dept_leader',3,70,30,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(21,'balinzuoqi.agent','代办帮办人员甲','agent',3,54,1,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(22,'balinzuoqi.window','综合窗口甲','window_clerk',3,53,NULL,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(23,'balinzuoqi.liaison','专办员丁1','liaison',3,70,31,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(24,'balinzuoqi.inspector','督查员甲','inspector',3,55,NULL,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(25,'heshuo.office','领导小组办公室甲','lead_office',4,83,NULL,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(26,'heshuo.leader','责任领导甲1','dept_leader',4,94,200,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(27,'heshuo.agent','帮代办专员甲','agent',4,83,171,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(28,'heshuo.window','综合窗口甲','window_clerk',4,83,NULL,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(29,'heshuo.liaison','专办员丁1','liaison',4,94,201,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(30,'heshuo.inspector','督查员甲','inspector',4,83,NULL,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(31,'jiaozuo.supervisor','焦作市查看','supervisor',NULL,NULL,NULL,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(32,'sysadmin','系统管理员','sysadmin',NULL,NULL,NULL,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(33,'secadmin','安全管理员','secadmin',NULL,NULL,NULL,NULL,1,0,'$argon2id$none',0,1);
INSERT INTO "user" VALUES(34,'auditor','审计员','auditor',NULL,NULL,NULL,NULL,1,0,'$argon2id$none',0,1);
CREATE INDEX ix_idempotency_key_at ON idempotency_key (at);
CREATE INDEX ix_audit_entry_at ON audit_entry (at);
CREATE INDEX ix_audit_entry_object ON audit_entry (object_type, object_id);
CREATE INDEX ix_county_option_county_id ON county_option (county_id);
CREATE INDEX ix_department_county_id ON department (county_id);
CREATE UNIQUE INDEX uq_department_name ON department (county_id, name) WHERE deleted_at IS NULL;
CREATE INDEX ix_number_sequence_county_id ON number_sequence (county_id);
CREATE INDEX ix_staff_county_id ON staff (county_id);
CREATE INDEX ix_staff_department_id ON staff (department_id);
CREATE INDEX ix_staff_kind ON staff (kind);
CREATE UNIQUE INDEX uq_staff_current_leader ON staff (department_id) WHERE kind = 'department_leader' AND active = 1 AND deleted_at IS NULL;
CREATE INDEX ix_enterprise_county_id ON enterprise (county_id);
CREATE INDEX ix_enterprise_county_name ON enterprise (county_id, name);
CREATE UNIQUE INDEX uq_enterprise_credit_code ON enterprise (county_id, credit_code) WHERE credit_code IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX ix_service_item_county_id ON service_item (county_id);
CREATE INDEX ix_service_item_department_id ON service_item (department_id);
CREATE UNIQUE INDEX uq_service_item_name ON service_item (county_id, category, name) WHERE deleted_at IS NULL;
CREATE INDEX ix_user_county_id ON user (county_id);
CREATE INDEX ix_ledger_month_county_id ON ledger_month (county_id);
CREATE INDEX ix_project_county_id ON project (county_id);
CREATE INDEX ix_project_county_name ON project (county_id, name);
CREATE INDEX ix_project_enterprise_id ON project (enterprise_id);
CREATE UNIQUE INDEX uq_project_code ON project (county_id, code) WHERE code IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX ix_assignment_county_id ON assignment (county_id);
CREATE INDEX ix_assignment_officer_until ON assignment (officer_id, until);
CREATE UNIQUE INDEX uq_assignment_current_enterprise_id ON assignment (enterprise_id) WHERE enterprise_id IS NOT NULL AND until IS NULL;
CREATE UNIQUE INDEX uq_assignment_current_project_id ON assignment (project_id) WHERE project_id IS NOT NULL AND until IS NULL;
CREATE INDEX ix_key_designation_county_id ON key_designation (county_id);
CREATE UNIQUE INDEX uq_key_designation_current_enterprise_id ON key_designation (enterprise_id) WHERE enterprise_id IS NOT NULL AND revoked_on IS NULL;
CREATE UNIQUE INDEX uq_key_designation_current_project_id ON key_designation (project_id) WHERE project_id IS NOT NULL AND revoked_on IS NULL;
CREATE INDEX ix_ledger_file_county_id ON ledger_file (county_id);
CREATE INDEX ix_service_case_agent_state ON service_case (agent_id, state);
CREATE INDEX ix_service_case_county_accepted ON service_case (county_id, accepted_on, ended_on);
CREATE INDEX ix_service_case_county_ended ON service_case (county_id, ended_on);
CREATE INDEX ix_service_case_county_id ON service_case (county_id);
CREATE INDEX ix_service_case_county_state ON service_case (county_id, state);
CREATE INDEX ix_service_case_enterprise_id ON service_case (enterprise_id);
CREATE INDEX ix_service_case_officer_id ON service_case (officer_id);
CREATE INDEX ix_service_case_project_id ON service_case (project_id);
CREATE INDEX ix_case_step_county_id ON case_step (county_id);
CREATE INDEX ix_case_step_department_state ON case_step (department_id, state);
CREATE INDEX ix_case_step_liaison_state ON case_step (liaison_id, state);
CREATE INDEX ix_completion_county_id ON completion (county_id);
CREATE INDEX ix_delivery_county_id ON delivery (county_id);
CREATE INDEX ix_ledger_entry_case_id ON ledger_entry (case_id);
CREATE INDEX ix_ledger_entry_county_id ON ledger_entry (county_id);
CREATE INDEX ix_ledger_entry_month_order ON ledger_entry (month_id, accepted_on, number);
CREATE UNIQUE INDEX uq_ledger_entry_month_case ON ledger_entry (month_id, case_id);
CREATE INDEX ix_termination_county_id ON termination (county_id);
CREATE INDEX ix_case_event_case_id ON case_event (case_id);
CREATE INDEX ix_case_event_county_id ON case_event (county_id);
CREATE INDEX ix_audit_entry_username_at ON audit_entry (username, at);
COMMIT;
